import numpy as np

from stnctl.geometry.interpolation.nearest import Nearest
from tests.geometry.interpolation.lines import line, random_line, taps


def test_taps_preset():
    """Halfway, the even pixel is taken, as in PyTorch."""
    index, weight, slope = taps(Nearest(), line(0.4, 0.5, 0.6, 1.5, 2.5, 7.9, -3, 12))
    np.testing.assert_array_equal(index, [[0, 0, 1, 2, 2, 8, 0, 8]])
    np.testing.assert_array_equal(weight, np.ones((1, 8)))
    np.testing.assert_array_equal(slope, np.zeros((1, 8)))


def test_taps_random():
    x = random_line(9)
    index, _, _ = taps(Nearest(), x)
    np.testing.assert_array_equal(index[0], np.clip(np.round(x[0, 0]), 0, 8))
