import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.dataset import Split, hold_out, split_arrays
from stnctl.errors import InputError


def numbered(size: int) -> Split:
    return Split(np.zeros((size, 1, 1, 1), np.uint8), np.arange(size))


@pytest.mark.parametrize(
    ("share", "held"), [(0.5, [0, 4, 5, 6]), (0.4, [4, 5, 6]), (0.25, [4, 6]), (0.13, [6])]
)
def test_hold_out_preset(share, held):
    kept, found = hold_out(numbered(8), share)
    assert found.labels.tolist() == held
    assert kept.labels.tolist() == [label for label in range(8) if label not in held]


def test_hold_out_follows_no_period():
    """Every tenth image of MNIST is of the easier of its two sources; so no rule will do."""
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


def test_split_up_preset_share(arrays):
    whole = Split(arrays.x_train, arrays.y_train)
    train, validation, test = split_arrays(arrays, 0.25)
    assert [len(split) for split in (train, validation, test)] == [15, 5, 10]
    np.testing.assert_array_equal(validation.images, hold_out(whole, 0.25)[1].images)
    np.testing.assert_array_equal(test.images, arrays.x_test)


def test_split_up_preset_test(arrays):
    train, validation, test = split_arrays(arrays, "test")
    assert validation is test
    assert len(train) == 20


@pytest.mark.parametrize("validation", [0.5, "test"])
def test_split_up_takes_the_validation_set_of_the_source(with_validation, validation):
    train, found, test = split_arrays(with_validation, validation)
    assert found.images is with_validation.x_validation
    assert found.labels is with_validation.y_validation
    assert (len(train), len(test)) == (20, 10)


def test_hold_out_rejects_too_few():
    with pytest.raises(InputError, match=r"9 training examples .* is 0\.1") as caught:
        hold_out(numbered(9), 0.1)
    assert "set it to test" in caught.value.hint


@pytest.mark.parametrize("share", [0, -0.1, 0.6, float("nan")])
def test_hold_out_rejects_share(share):
    with pytest.raises(ValueError, match=f"above 0 and at most 0.5, got {share}"):
        hold_out(numbered(9), share)
