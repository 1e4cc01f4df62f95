import numpy as np
import pytest

from stnctl.geometry.interpolation.bicubic import Bicubic
from stnctl.geometry.registries import INTERPOLATIONS
from tests.geometry.interpolation.lines import line, taps


def test_bicubic_preset():
    assert INTERPOLATIONS["bicubic"] == Bicubic(-0.75)


def test_taps_identity():
    index, weight, _ = taps(Bicubic(), line(0, 3, 8))
    np.testing.assert_array_equal(weight, [[0, 0, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(index[1], [0, 3, 8])


@pytest.mark.parametrize("a", [-1.0, -0.75, -0.5, 0.0])
def test_taps_preset_halfway(a):
    """Keys' kernel is 1/2 - a/8 at half a pixel, and a/8 at one and a half."""
    _, weight, _ = taps(Bicubic(a), line(2.5))
    np.testing.assert_allclose(weight[:, 0], [a / 8, 0.5 - a / 8, 0.5 - a / 8, a / 8])


@pytest.mark.parametrize(("a", "degree"), [(-0.75, 0), (-0.75, 1), (-0.5, 1), (-0.5, 2)])
def test_taps_random_polynomials(a, degree):
    """a = -0.5, Keys' own, reproduces parabolas; PyTorch's -0.75 does not reproduce lines."""
    x = line(2.25, 3.5, 4.125, 5.0)
    index, weight, _ = taps(Bicubic(a), x)
    found = (weight * index.astype(float) ** degree).sum(0)
    error = abs(found - x[0, 0] ** degree).max()
    assert (error < 1e-13) == (a == -0.5 or degree == 0)


@pytest.mark.parametrize("a", [-0.75, -0.5])
def test_taps_jacobian_smooth(a):
    """The slope of V is continuous at a pixel."""
    pixels = np.random.default_rng(0).normal(size=9)
    index, _, slope = taps(Bicubic(a), line(4 - 1e-9, 4.0))
    left, right = (slope * pixels[index]).sum(0)
    assert left == pytest.approx(right, abs=1e-6)
