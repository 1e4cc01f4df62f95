import numpy as np
import pytest
from skimage.transform import SimilarityTransform

from stnctl.geometry import TRANSFORMS, warp
from tests.geometry.runners import on_tensors
from tests.geometry.tolerance import assert_close

ATTENTION = TRANSFORMS["attention"]


def test_parameters_preset():
    assert ATTENTION.parameters == ("s", "tx", "ty")
    np.testing.assert_array_equal(ATTENTION.identity(), [1, 0, 0])


def test_grid_preset():
    """s = 0.5 with (0.5, -0.5) magnifies the quarter at the top right."""
    theta = np.array([[0.5, 0.5, -0.5]])
    points = ATTENTION.grid(theta, (2, 2))[0]
    np.testing.assert_array_equal(points, [[[0, -1], [1, -1]], [[0, 0], [1, 0]]])
    U = np.arange(25.0).reshape(1, 5, 5, 1)
    V = warp(U, theta, transform="attention", output_size=(3, 3))
    np.testing.assert_array_equal(V[0, :, :, 0], U[0, :3, 2:, 0])


@pytest.mark.parametrize("theta", [(0.3, 0.1, -0.7), (2.0, -1.5, 0.0)])
def test_matrix_golden_skimage(theta):
    expected = SimilarityTransform(scale=theta[0], translation=theta[1:])
    assert_close(ATTENTION.matrix(np.array([theta]))[0], expected.params, "float64")
    inverse = ATTENTION.matrix(ATTENTION.inverse(np.array([theta])))[0]
    assert_close(inverse, expected.inverse.params, "float64")


def test_inverse_preset():
    np.testing.assert_array_equal(ATTENTION.inverse(np.array([[0.5, 1.0, -0.25]])), [[2, -2, 0.5]])


def test_inverse_rejects_singular():
    theta = np.array([[0.0, 0.5, 0], [1, 0, 0]])
    with pytest.raises(ValueError, match=r"Attention has no inverse for theta 0 0\.5 0, which is"):
        ATTENTION.inverse(theta)
    found = on_tensors(ATTENTION.inverse, theta)
    assert not np.isfinite(found[0]).all()
    np.testing.assert_array_equal(found[1], theta[1])


@pytest.mark.parametrize(("align_corners", "shift"), [(True, (-1, 1)), (False, (-1.125, 1.25))])
def test_describe_preset(align_corners, shift):
    parts = ATTENTION.describe(np.array([0.5, -0.25, 0.5]), (5, 9), align_corners=align_corners)
    assert (parts["scale_x"], parts["scale_y"]) == (0.5, 0.5)
    assert (parts["translation_x"], parts["translation_y"]) == shift
