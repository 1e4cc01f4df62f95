import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.dataset import Split
from stnctl.data.splits import hold_out, split_up
from stnctl.errors import InputError


def numbered(size: int) -> Split:
    return Split(np.zeros((size, 1, 1, 1), np.uint8), np.arange(size))


@pytest.mark.parametrize(
    ("share", "held"), [(0.5, [1, 3, 5, 7]), (0.4, [2, 4, 7]), (0.25, [3, 7]), (0.13, [7])]
)
def test_hold_out_preset(share, held):
    kept, found = hold_out(numbered(8), share)
    assert found.labels.tolist() == held
    assert kept.labels.tolist() == [label for label in range(8) if label not in held]


@given(size=st.integers(10, 300), share=st.floats(0.1, 0.5))
def test_hold_out_random(size, share):
    kept, held = hold_out(numbered(size), share)
    assert sorted([*kept.labels, *held.labels]) == list(range(size))
    assert abs(len(held) - size * share) < 1
    assert np.diff(held.labels, prepend=-1).max() <= 1 + 1 / share
    assert len(kept.images) == len(kept)
    assert len(held.images) == len(held)


def test_split_up_preset_share(arrays):
    train, validation, test = split_up(arrays, 0.25)
    assert [len(split) for split in (train, validation, test)] == [15, 5, 10]
    np.testing.assert_array_equal(validation.images, arrays.x_train[3::4])
    np.testing.assert_array_equal(test.images, arrays.x_test)


def test_split_up_preset_test(arrays):
    train, validation, test = split_up(arrays, "test")
    assert validation is test
    assert len(train) == 20


@pytest.mark.parametrize("validation", [0.5, "test"])
def test_split_up_takes_the_validation_set_of_the_source(with_validation, validation):
    train, found, test = split_up(with_validation, validation)
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
