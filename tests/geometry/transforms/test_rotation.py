import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import EuclideanTransform

from stnctl.geometry import TRANSFORMS, warp
from tests.geometry.tolerance import assert_close

ROTATION = TRANSFORMS["rotation"]


def test_parameters_preset():
    assert ROTATION.parameters == ("angle",)
    np.testing.assert_array_equal(ROTATION.identity(), [0])


def test_grid_preset():
    """90° takes x (right) to y (down), so the image rotates counterclockwise."""
    points = ROTATION.grid(np.array([[math.pi / 2]]), (1, 3))[0, 0]
    np.testing.assert_allclose(points, [[0, -1], [0, 0], [0, 1]], rtol=0, atol=1e-15)
    U = np.arange(9.0).reshape(1, 3, 3, 1)
    V = warp(U, np.array([[math.pi / 2]]), transform="rotation")
    np.testing.assert_allclose(V[0, :, :, 0], np.rot90(U[0, :, :, 0]), rtol=0, atol=1e-14)


@given(angle=st.floats(-10, 10))
@settings(deadline=None)
def test_matrix_golden_skimage(angle):
    expected = EuclideanTransform(rotation=angle).params
    assert_close(ROTATION.matrix(np.array([[angle]]))[0], expected, "float64")


def test_inverse_preset():
    np.testing.assert_array_equal(ROTATION.inverse(np.array([[0.5], [-2.0]])), [[-0.5], [2.0]])


@pytest.mark.parametrize("degrees", [-150, -90, 0.25, 30, 179])
@pytest.mark.parametrize("align_corners", [True, False])
def test_describe_preset(degrees, align_corners):
    """On a square map a rotation is reported as that rotation."""
    angle = np.array([math.radians(degrees)])
    parts = ROTATION.describe(angle, (6, 6), align_corners=align_corners)
    expected = {"rotation_degrees": degrees, "scale_x": 1, "scale_y": 1, "shear": 0}
    expected |= {"translation_x": 0, "translation_y": 0}
    assert parts == pytest.approx(expected, abs=1e-12)


def test_describe_preset_not_square():
    """On a map twice as wide as high, 90° halves x and scales y by two in pixels."""
    parts = ROTATION.describe(np.array([math.pi / 2]), (4, 8), align_corners=False)
    assert parts["rotation_degrees"] == pytest.approx(90)
    assert (parts["scale_x"], parts["scale_y"]) == pytest.approx((0.5, 2))
