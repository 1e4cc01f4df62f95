import numpy as np
import pytest

from stnctl.data.batches import batches
from stnctl.data.split_view import CHUNK, SplitView
from tests.data.distortions.examples import RECIPES, noise

N = 2 * CHUNK + 88
ORDER = np.random.default_rng(0).permutation(N)


class Numbered:
    """An epoch whose inputs are the indices themselves; it notes what it was asked for."""

    labels = np.arange(N) % 10

    def __init__(self):
        self.asked = []

    def inputs(self, indices):
        self.asked.append(indices)
        return indices.astype(np.float32)[:, None, None, None]


@pytest.mark.parametrize("batch_size", [1, 7, CHUNK - 1, CHUNK, CHUNK + 1, 500, N, 2 * N])
def test_batches_give_the_order_whatever_their_size(batch_size):
    """All of it, in whole batches but for the last one, each chunk made once."""
    epoch = Numbered()
    given = list(batches(epoch, ORDER, batch_size))
    sizes = [len(U) for U, _ in given]
    assert sizes[:-1] == [batch_size] * (len(given) - 1)
    assert sum(sizes) == N
    np.testing.assert_array_equal(np.concatenate([U for U, _ in given]).ravel(), ORDER)
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in given]), ORDER % 10)
    assert [len(chunk) for chunk in epoch.asked] == [CHUNK, CHUNK, 88]


@pytest.mark.parametrize(("batch_size", "first"), [(7, 1), (7, 40), (100, 5), (CHUNK, 2), (300, 1)])
def test_batches_go_on_in_the_middle(batch_size, first):
    """The batches from there on are the same, and what was before is not made, but for a chunk."""
    epoch = Numbered()
    expected = list(batches(Numbered(), ORDER, batch_size))[first:]
    for (U, labels), (other, others) in zip(
        batches(epoch, ORDER, batch_size, first), expected, strict=True
    ):
        np.testing.assert_array_equal(U, other)
        np.testing.assert_array_equal(labels, others)
    np.testing.assert_array_equal(
        np.concatenate(epoch.asked), ORDER[first * batch_size // CHUNK * CHUNK :]
    )


@pytest.mark.parametrize(("size", "first"), [(0, 0), (N, 9)])
def test_batches_of_nothing(size, first):
    assert not list(batches(Numbered(), ORDER[:size], 100, first))


@pytest.mark.parametrize(("batch_size", "made"), [(100, [1, 1, 2]), (CHUNK, [1, 2, 3])])
def test_batches_are_made_when_they_are_wanted(batch_size, made):
    """So many chunks after the first batch, the second, and the third."""
    epoch = Numbered()
    stream = batches(epoch, ORDER, batch_size)
    for chunks in made:
        next(stream)
        assert len(epoch.asked) == chunks


def test_batches_have_the_same_bytes_whatever_their_size():
    view = SplitView(noise(CHUNK + 44), "train", RECIPES["R"])
    order = np.random.default_rng(1).permutation(len(view))
    expected = view.examples(1).inputs(order)
    for batch_size in (64, 100):
        inputs, labels = zip(*batches(view.examples(1), order, batch_size), strict=True)
        np.testing.assert_array_equal(np.concatenate(inputs), expected)
        np.testing.assert_array_equal(np.concatenate(labels), view.split.labels[order])
