import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.dataset import (
    Arrays,
    Dataset,
    Split,
    content_sha256,
    draw_subset,
    hold_out,
    split_arrays,
)
from stnctl.data.sources.array_checks import canonical_arrays
from stnctl.errors import ConfigError, InputError, UsageError


@pytest.fixture
def dataset(arrays: Arrays) -> Dataset:
    train, test = Split(arrays.x_train, arrays.y_train), Split(arrays.x_test, arrays.y_test)
    return Dataset(train, test, test, "synthetic", "", 10)


@pytest.mark.parametrize("name", ["train", "validation", "test"])
def test_split_preset(dataset, name):
    assert dataset.split(name) is getattr(dataset, name)


def test_split_rejects_unknown_name(dataset):
    with pytest.raises(UsageError, match=r"no split 'tests', .*, did you mean test?"):
        dataset.split("tests")


def test_len_preset(dataset):
    assert (len(dataset.train), len(dataset.test)) == (20, 10)


def test_content_sha256_preset():
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1)
    labels = np.array([0, 1])
    found = content_sha256(Arrays(images, labels, images, labels))
    assert found == "54f393a17132bc92d0edf8c3aa2c0cc9d6ba11cda797528221986830834e8ac1"


def test_content_sha256_does_not_depend_on_storage(arrays):
    stored = arrays._replace(
        x_train=np.asfortranarray(arrays.x_train.astype(np.int32)),
        y_train=arrays.y_train.astype(">u2"),
    )
    assert content_sha256(canonical_arrays(stored, "a")) == content_sha256(
        canonical_arrays(arrays, "b")
    )


@pytest.mark.parametrize("name", Arrays._fields)
def test_content_sha256_changes_with_any_array(with_validation, name):
    before = canonical_arrays(with_validation, "data")
    other = getattr(before, name).copy()
    other.flat[-1] += 1
    assert content_sha256(before._replace(**{name: other})) != content_sha256(before)


def test_content_sha256_includes_a_validation_set(arrays, with_validation):
    found = {content_sha256(canonical_arrays(given, "data")) for given in (arrays, with_validation)}
    assert len(found) == 2


def test_named_preset(arrays, with_validation):
    assert list(arrays.named()) == ["x_train", "y_train", "x_test", "y_test"]
    assert list(with_validation.named()) == list(Arrays._fields)


def test_content_sha256_shape(arrays):
    before = canonical_arrays(arrays, "data")
    other = before._replace(x_test=before.x_test.reshape(10, 4, 16, 1))
    assert content_sha256(other) != content_sha256(before)


def numbered(size: int) -> Split:
    return Split(np.zeros((size, 1, 1, 1), np.uint8), np.arange(size))


@pytest.mark.parametrize(
    ("share", "held"), [(0.5, [0, 4, 5, 6]), (0.4, [4, 5, 6]), (0.25, [4, 6]), (0.13, [6])]
)
def test_hold_out_preset(share, held):
    kept, found = hold_out(numbered(8), share)
    assert found.labels.tolist() == held
    assert kept.labels.tolist() == [label for label in range(8) if label not in held]


def test_hold_out_has_no_period():
    """Every tenth image of MNIST is from the easier of its two sources, so no rule is unbiased."""
    _, held = hold_out(numbered(60_000), 0.1)
    assert len(held) == 6000
    for period in (2, 3, 5, 7, 10):
        counts = np.bincount(held.labels % period, minlength=period) / 6000
        assert np.abs(counts - 1 / period).max() < 4 * np.sqrt(0.25 / 6000)


@given(size=st.integers(10, 300), share=st.floats(0.1, 0.5))
def test_hold_out_random(size, share):
    kept, held = hold_out(numbered(size), share)
    assert sorted([*kept.labels, *held.labels]) == list(range(size))
    assert abs(len(held) - size * share) < 1
    assert (np.diff(held.labels) > 0).all()
    assert len(kept.images) == len(kept)
    assert len(held.images) == len(held)


def test_split_arrays_with_a_share(arrays):
    whole = Split(arrays.x_train, arrays.y_train)
    train, validation, test = split_arrays(arrays, 0.25)
    assert [len(split) for split in (train, validation, test)] == [15, 5, 10]
    np.testing.assert_array_equal(validation.images, hold_out(whole, 0.25)[1].images)
    np.testing.assert_array_equal(test.images, arrays.x_test)


def test_split_arrays_validates_on_test(arrays):
    train, validation, test = split_arrays(arrays, "test")
    assert validation is test
    assert len(train) == 20


@pytest.mark.parametrize("validation", [0.5, "test"])
def test_split_arrays_uses_the_validation_set_of_the_source(with_validation, validation):
    train, found, test = split_arrays(with_validation, validation)
    assert found.images is with_validation.x_validation
    assert found.labels is with_validation.y_validation
    assert (len(train), len(test)) == (20, 10)


def test_hold_out_rejects_too_few():
    with pytest.raises(InputError, match=r"9 training examples .* is 0\.1") as caught:
        hold_out(numbered(9), 0.1)
    assert "set it to test" in caught.value.hint


def test_draw_subset_preset():
    """These images are drawn by all versions."""
    drawn = [draw_subset(numbered(12), 4, seed).labels.tolist() for seed in (0, 1, 2**32 - 1)]
    assert drawn == [[4, 6, 7, 8], [1, 2, 4, 6], [1, 3, 5, 7]]


@given(size=st.integers(1, 300), seed=st.integers(0, 2**32 - 1), data=st.data())
def test_draw_subset_is_nested(size, seed, data):
    few, many = sorted(data.draw(st.tuples(*[st.integers(1, size)] * 2)))
    small, large = (draw_subset(numbered(size), n, seed) for n in (few, many))
    assert [len(small), len(large), len(large.images)] == [few, many, many]
    assert set(small.labels) <= set(large.labels)
    assert (np.diff(large.labels) > 0).all()


def test_draw_subset_is_uniform():
    """Each image is drawn equally often, independently of those that are held out."""
    seeds = 2000
    labels = [draw_subset(numbered(40), 10, seed).labels for seed in range(seeds)]
    counts = np.bincount(np.concatenate(labels), minlength=40)
    assert np.abs(counts / seeds - 0.25).max() < 4.5 * np.sqrt(0.25 * 0.75 / seeds)


def test_draw_subset_of_all():
    everything = draw_subset(numbered(9), 9, 3)
    np.testing.assert_array_equal(everything.labels, np.arange(9))


def test_draw_subset_rejects_too_many():
    with pytest.raises(ConfigError) as caught:
        draw_subset(numbered(9), 10, 0)
    assert str(caught.value) == (
        "data.train_size: expected at most 9, the number of images left for the training, got 10"
    )
    assert "leave the key out" in caught.value.hint


@pytest.mark.parametrize("share", [0, -0.1, 0.6, float("nan")])
def test_hold_out_rejects_share(share):
    with pytest.raises(ValueError, match=f"above 0 and at most 0.5, got {share}"):
        hold_out(numbered(9), share)
