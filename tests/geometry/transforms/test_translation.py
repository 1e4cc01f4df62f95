import numpy as np
import pytest
from skimage.transform import AffineTransform

from stnctl.geometry import TRANSFORMS, warp
from tests.geometry.tolerance import assert_close

TRANSLATION = TRANSFORMS["translation"]


def test_parameters_preset():
    assert TRANSLATION.parameters == ("tx", "ty")
    np.testing.assert_array_equal(TRANSLATION.identity(), [0, 0])


def test_grid_preset():
    """With a positive tx V shows the right of U, with a positive ty the lower part."""
    grid = TRANSLATION.grid(np.array([[0.5, -0.25]]), (1, 2))
    np.testing.assert_array_equal(grid, [[[[-0.5, -0.25], [1.5, -0.25]]]])
    U = np.arange(9.0).reshape(1, 3, 3, 1)
    V = warp(U, np.array([[1.0, 0.0]]), transform="translation")
    np.testing.assert_array_equal(V[0, :, :, 0], [[1, 2, 0], [4, 5, 0], [7, 8, 0]])


@pytest.mark.parametrize("shift", [(0.3, -0.7), (-2.0, 0.0)])
def test_matrix_golden_skimage(shift):
    expected = AffineTransform(translation=shift).params
    assert_close(TRANSLATION.matrix(np.array([shift]))[0], expected, "float64")


def test_inverse_preset():
    np.testing.assert_array_equal(TRANSLATION.inverse(np.array([[0.5, -2.0]])), [[-0.5, 2.0]])


@pytest.mark.parametrize(("align_corners", "pixels"), [(True, (2.0, -1.0)), (False, (2.25, -1.25))])
def test_describe_preset(align_corners, pixels):
    """On a map of 5 rows and 9 columns, translations are reported in its pixels."""
    parts = TRANSLATION.describe(np.array([0.5, -0.5]), (5, 9), align_corners=align_corners)
    assert (parts["translation_x"], parts["translation_y"]) == pixels
    assert parts["scale_x"] == parts["scale_y"] == 1
    assert parts["rotation_degrees"] == parts["shear"] == 0
