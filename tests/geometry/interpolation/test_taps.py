"""Properties of every interpolation, and tests of their shared functions."""

import numpy as np
import pytest

from stnctl.geometry import INTERPOLATIONS, PADDINGS
from stnctl.geometry.interpolation.bicubic import Bicubic
from stnctl.geometry.interpolation.taps import (
    FARTHEST,
    placed,
    rounding,
    split,
    split_in_place,
)
from stnctl.geometry.padding import Padding
from tests.geometry.interpolation.lines import line, random_line, taps
from tests.geometry.runners import RUNNERS

EVERY = {**INTERPOLATIONS, "keys": Bicubic(-0.5)}

every_interpolation = pytest.mark.parametrize("interpolation", EVERY.values(), ids=EVERY)


@every_interpolation
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_taps_random_weights_sum_to_1(interpolation, dtype):
    _, weight, slope = taps(interpolation, random_line(9).astype(dtype))
    assert weight.dtype == slope.dtype == dtype
    error = 16 * np.finfo(dtype).eps
    np.testing.assert_allclose(weight.sum(0), 1, rtol=0, atol=error)
    np.testing.assert_allclose(slope.sum(0), 0, rtol=0, atol=error)


@every_interpolation
def test_taps_jacobian(interpolation):
    """The slope is the derivative of the weight."""
    x, step = random_line(9), 1e-5
    index, _, slope = taps(interpolation, x)
    (before, low, _), (after, high, _) = (taps(interpolation, x + h) for h in (-step, step))
    np.testing.assert_array_equal(before, index)
    np.testing.assert_array_equal(after, index)
    np.testing.assert_allclose(slope, (high - low) / (2 * step), rtol=0, atol=1e-8)


@every_interpolation
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("size", [1, 2, 9])
def test_taps_random_index_within(interpolation, padding, size):
    """Every tap is within the prefiltered axis, for any point."""
    x = np.concatenate([random_line(size), line(1e30, -1e30)], axis=-1)
    rule = Padding(padding)
    index, _, _ = taps(interpolation, x, size, rule)
    prefiltered = interpolation.prefilter(np.zeros((1, size, size, 1)), rule)
    assert index.dtype == "int32"
    assert index.min() >= 0
    assert index.max() < prefiltered.shape[1] == prefiltered.shape[2]


@every_interpolation
@pytest.mark.parametrize("padding", ["value", "border", "reflection"])
def test_prefilter_random_constant(interpolation, padding):
    """A constant map with the same constant outside stays constant."""
    prefiltered = interpolation.prefilter(np.full((1, 5, 6, 2), 3.0), Padding(padding, 3.0))
    np.testing.assert_allclose(prefiltered, 3, rtol=0, atol=1e-13)


def test_prefilters_preset():
    """Without a prefilter, the map to index is U itself."""
    U = np.zeros((1, 2, 3, 1))
    for interpolation in EVERY.values():
        assert (interpolation.prefilter(U, Padding()) is U) != interpolation.prefilters


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_split_preset(runner, dtype):
    error = rounding(9, np.zeros(1, dtype))
    x = np.array([2.25, -0.75, 3 - error / 2, 3 + error / 2, 1e30, -1e30, 1e7], dtype)
    pixel, fraction = runner(lambda x: split(x, 9), x)
    expected = np.int32([2, -1, 3, 3, FARTHEST, -FARTHEST, FARTHEST])
    np.testing.assert_array_equal(pixel, expected, strict=True)
    np.testing.assert_array_equal(fraction, np.array([0.25, 0.25, 0, 0, 0, 0, 0], dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_split_in_place_is_split(dtype):
    """It has the bits of `split`, and overwrites its argument."""
    error = rounding(9, np.zeros(1, dtype))
    random = np.random.default_rng(0).uniform(-20, 30, 500)
    few = [2.25, 3 - error / 2, 3 + error / 2, 1e30, -1e30, np.nan, np.inf, -np.inf]
    for x in (random.astype(dtype), np.array(few, dtype)):
        pixel, fraction = split(x, 9)
        found = x.copy()
        pixel_found, fraction_found = split_in_place(found, 9)
        np.testing.assert_array_equal(pixel_found, pixel, strict=True)
        np.testing.assert_array_equal(fraction_found, fraction, strict=True)
        assert fraction_found is found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rounding_preset(dtype):
    """It covers the error of a pixel coordinate that passed through the normalized frame."""
    size = 1000
    normalized = np.linspace(-1, 1, size, dtype="float64").astype(dtype)
    pixels = normalized * ((size - 1) / 2) + (size - 1) / 2
    error = rounding(size, pixels)
    assert abs(pixels - np.arange(size)).max() <= error
    assert error < 1e-3


def test_placed_preset():
    index, one = np.array([-1, 0, 4, 5]), np.ones(4)
    tap = placed(index, one, -one, 5, Padding("zeros"))
    np.testing.assert_array_equal(tap.index, [0, 0, 4, 4])
    np.testing.assert_array_equal(tap.inside, [False, True, True, False])
    assert placed(index, one, -one, 5, Padding("border")).inside is None
