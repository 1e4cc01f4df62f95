import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.batches import epoch_order
from stnctl.data.split_view import network_input

SEEDS = st.integers(0, 2**32 - 1)


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


def test_network_input_preset():
    images = np.array([[0, 51, 255]], np.uint8)
    unit, raw = network_input(images, "unit"), network_input(images, "raw")
    np.testing.assert_array_equal(unit, np.array([[0, 0.2, 1]], np.float32))
    np.testing.assert_array_equal(raw, np.array([[0, 51, 255]], np.float32))
    assert unit.dtype == raw.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_network_input_preset_floating(dtype):
    images = np.array([0, 0.25, 1], dtype)
    np.testing.assert_array_equal(network_input(images, "unit"), np.float32([0, 0.25, 1]))
    np.testing.assert_array_equal(network_input(images, "raw"), np.float32([0, 63.75, 255]))


def test_network_input_rejects():
    with pytest.raises(ValueError, match="unit or raw, got 'row'"):
        network_input(np.zeros(1, np.uint8), "row")
    with pytest.raises(ValueError, match="uint8 or floating, got int64"):
        network_input(np.zeros(1, np.int64), "unit")
