import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import EuclideanTransform

from stnctl.geometry import TRANSFORMS
from tests.geometry.tolerance import assert_close

RIGID = TRANSFORMS["rigid"]
THETAS = st.tuples(st.floats(-4, 4), st.floats(-2, 2), st.floats(-2, 2))


def test_parameters_preset():
    assert RIGID.parameters == ("angle", "tx", "ty")
    np.testing.assert_array_equal(RIGID.identity(), [0, 0, 0])


def test_grid_preset():
    """The rotation about the center comes first, x to y; then the translation, right and up."""
    points = RIGID.grid(np.array([[math.pi / 2, 0.5, -0.25]]), (1, 2))[0, 0]
    np.testing.assert_allclose(points, [[0.5, -1.25], [0.5, 0.75]], rtol=0, atol=1e-15)


@given(theta=THETAS)
@settings(deadline=None)
def test_matrix_golden_skimage(theta):
    expected = EuclideanTransform(rotation=theta[0], translation=theta[1:])
    assert_close(RIGID.matrix(np.array([theta]))[0], expected.params, "float64")
    inverse = RIGID.matrix(RIGID.inverse(np.array([theta])))[0]
    assert_close(inverse, expected.inverse.params, "float64")


def test_inverse_preset():
    """The inverse of right after a rotation by 90° is down."""
    found = RIGID.inverse(np.array([[math.pi / 2, 1.0, 0.0]]))
    np.testing.assert_allclose(found, [[-math.pi / 2, 0, 1]], rtol=0, atol=1e-15)


def test_describe_preset():
    parts = RIGID.describe(np.array([math.pi / 6, 0.5, -1]), (9, 9))
    expected = {"rotation_degrees": 30, "scale_x": 1, "scale_y": 1, "shear": 0}
    assert parts == pytest.approx(expected | {"translation_x": 2, "translation_y": -4}, abs=1e-12)
