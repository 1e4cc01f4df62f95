import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import SimilarityTransform

from stnctl.geometry import TRANSFORMS
from tests.geometry.runners import on_tensors
from tests.geometry.tolerance import assert_close

SIMILARITY = TRANSFORMS["similarity"]
THETAS = st.tuples(st.floats(0.1, 4), st.floats(-3, 3), st.floats(-2, 2), st.floats(-2, 2))


def test_parameters_preset():
    assert SIMILARITY.parameters == ("s", "angle", "tx", "ty")
    np.testing.assert_array_equal(SIMILARITY.identity(), [1, 0, 0, 0])


def test_grid_preset():
    """s = 0.5 zooms in; the angle takes x to y; the translation comes last, unscaled."""
    points = SIMILARITY.grid(np.array([[0.5, math.pi / 2, 0.25, 0.0]]), (1, 2))[0, 0]
    np.testing.assert_allclose(points, [[0.25, -0.5], [0.25, 0.5]], rtol=0, atol=1e-15)


@given(theta=THETAS)
@settings(deadline=None)
def test_matrix_golden_skimage(theta):
    s, angle, *shift = theta
    expected = SimilarityTransform(scale=s, rotation=angle, translation=shift)
    assert_close(SIMILARITY.matrix(np.array([theta]))[0], expected.params, "float64")
    inverse = SIMILARITY.matrix(SIMILARITY.inverse(np.array([theta])))[0]
    assert_close(inverse, expected.inverse.params, "float64")


def test_inverse_rejects_singular():
    theta = np.array([[1.0, 0, 0, 0], [0, 0.5, 0, 0]])
    message = r"Similarity has no inverse for theta 0 0\.5 0 0, which is singular"
    with pytest.raises(ValueError, match=message):
        SIMILARITY.inverse(theta)
    found = on_tensors(SIMILARITY.inverse, theta)
    np.testing.assert_array_equal(found[0], theta[0])
    assert not np.isfinite(found[1]).all()


def test_describe_preset():
    parts = SIMILARITY.describe(np.array([0.5, -math.pi / 3, 0.5, -1]), (9, 9), align_corners=False)
    expected = {"rotation_degrees": -60, "scale_x": 0.5, "scale_y": 0.5, "shear": 0}
    expected |= {"translation_x": 2.25, "translation_y": -4.5}
    assert parts == pytest.approx(expected, abs=1e-12)


def test_describe_preset_mirrored_twice():
    """A negative scale is a rotation by 180 degrees."""
    parts = SIMILARITY.describe(np.array([-2.0, 0, 0, 0]), (5, 5))
    assert abs(parts["rotation_degrees"]) == 180
    assert (parts["scale_x"], parts["scale_y"]) == pytest.approx((2, 2))
