import numpy as np

from stnctl.geometry.interpolation.bilinear import Bilinear
from tests.geometry.interpolation.lines import line, random_line, taps


def test_taps_preset():
    """On the lattice, the slope is the one to the right."""
    index, weight, slope = taps(Bilinear(), line(2.25, 3.0, -0.5))
    np.testing.assert_array_equal(index, [[2, 3, 0], [3, 4, 0]])
    np.testing.assert_array_equal(weight, [[0.75, 1, 0.5], [0.25, 0, 0.5]])
    np.testing.assert_array_equal(slope, [[-1, -1, -1], [1, 1, 1]])


def test_taps_golden_numpy():
    x, pixels = random_line(9), np.random.default_rng(1).normal(size=9)
    index, weight, _ = taps(Bilinear(), x)
    expected = np.interp(x[0, 0], np.arange(9), pixels)
    np.testing.assert_allclose((weight * pixels[index]).sum(0), expected, rtol=0, atol=1e-14)
