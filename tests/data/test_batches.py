import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.batches import batches, epoch_order
from stnctl.data.chunk import CHUNK
from stnctl.data.split_view import SplitView
from tests.data.distortions.examples import SPECS, noise

SEEDS = st.integers(0, 2**32 - 1)
N = 2 * CHUNK + 88
ORDER = np.random.default_rng(0).permutation(N)


def test_epoch_order_preset():
    assert epoch_order(0, 0, 8).tolist() == [5, 0, 6, 1, 7, 2, 4, 3]
    assert epoch_order(7, 3, 8).tolist() == [4, 3, 5, 6, 0, 7, 1, 2]


@given(seed=SEEDS, epoch=st.integers(0, 100_000), size=st.integers(1, 200))
def test_epoch_order_random(seed, epoch, size):
    order = epoch_order(seed, epoch, size)
    assert order.dtype == np.int64
    assert sorted(order) == list(range(size))
    np.testing.assert_array_equal(order, epoch_order(seed, epoch, size))


@given(seed=SEEDS, epoch=st.integers(0, 100_000))
def test_epoch_order_differs_between_epochs_and_seeds(seed, epoch):
    order = epoch_order(seed, epoch, 100)
    assert not np.array_equal(order, epoch_order(seed, epoch + 1, 100))
    assert not np.array_equal(order, epoch_order(seed + 1, epoch, 100))


class NumberedExamples:
    """Examples whose inputs are their indices; they record the requests."""

    labels = np.arange(N) % 10

    def __init__(self):
        self.requests = []

    def arrays(self, indices):
        self.requests.append(indices)
        U = indices.astype(np.float32)[:, None, None, None]
        return {"U": U, "labels": self.labels[indices]}


def joined(name, found):
    """Return an array of all batches."""
    return np.concatenate([batch[name] for batch in found])


@pytest.mark.parametrize("batch_size", [1, 7, CHUNK - 1, CHUNK, CHUNK + 1, 500, N, 2 * N])
def test_batches_of_any_size_follow_the_order(batch_size):
    """All examples, in whole batches except the last one; each chunk is rendered once."""
    epoch = NumberedExamples()
    found = list(batches(epoch, ORDER, batch_size))
    sizes = [len(batch["U"]) for batch in found]
    assert sizes[:-1] == [batch_size] * (len(found) - 1)
    assert sum(sizes) == N
    np.testing.assert_array_equal(joined("U", found).ravel(), ORDER)
    np.testing.assert_array_equal(joined("labels", found), ORDER % 10)
    assert [len(chunk) for chunk in epoch.requests] == [CHUNK, CHUNK, 88]


@pytest.mark.parametrize(("batch_size", "first"), [(7, 1), (7, 40), (100, 5), (CHUNK, 2), (300, 1)])
def test_batches_resume_in_the_middle(batch_size, first):
    """The remaining batches are the same, and only one chunk is rendered from its start."""
    epoch = NumberedExamples()
    expected = list(batches(NumberedExamples(), ORDER, batch_size))[first:]
    found = list(batches(epoch, ORDER, batch_size, first))
    assert len(found) == len(expected)
    for name in ("U", "labels"):
        np.testing.assert_array_equal(joined(name, found), joined(name, expected))
    np.testing.assert_array_equal(
        np.concatenate(epoch.requests), ORDER[first * batch_size // CHUNK * CHUNK :]
    )


@pytest.mark.parametrize(("size", "first"), [(0, 0), (N, 9)])
def test_batches_of_no_examples(size, first):
    assert not list(batches(NumberedExamples(), ORDER[:size], 100, first))


@pytest.mark.parametrize(("batch_size", "rendered"), [(100, [1, 1, 2]), (CHUNK, [1, 2, 3])])
def test_batches_are_rendered_on_demand(batch_size, rendered):
    """Rendered chunks after the first batch, the second, and the third."""
    epoch = NumberedExamples()
    stream = batches(epoch, ORDER, batch_size)
    for chunks in rendered:
        next(stream)
        assert len(epoch.requests) == chunks


def test_batches_have_the_same_bytes_for_any_size():
    view = SplitView(noise(CHUNK + 44), "train", SPECS["R"])
    order = np.random.default_rng(1).permutation(len(view))
    expected = view.examples(1).inputs(order)
    for batch_size in (64, 100):
        found = list(batches(view.examples(1), order, batch_size))
        np.testing.assert_array_equal(joined("U", found), expected)
        np.testing.assert_array_equal(joined("labels", found), view.split.labels[order])


@pytest.mark.parametrize("first", [0, 3])
def test_batches_part(first):
    """The parts of a batch are the batch; a smaller last batch is whole in each part."""
    whole, *parts = (
        [batch["U"] for batch in batches(NumberedExamples(), ORDER, 126, first, part)]
        for part in ((0, 1), (0, 3), (1, 3), (2, 3))
    )
    for each, *own in zip(whole, *parts, strict=True):
        expected = [each] * 3 if len(each) < 126 else np.split(each, 3)
        for found, part in zip(own, expected, strict=True):
            np.testing.assert_array_equal(found, part)
    assert len(whole[-1]) < 126
