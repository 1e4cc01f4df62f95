import numpy as np
import pytest
from skimage.transform import AffineTransform

from stnctl.geometry import TRANSFORMS
from tests.geometry.runners import on_tensors
from tests.geometry.tolerance import assert_close

BOX = TRANSFORMS["scale_translation"]


def test_parameters_preset():
    assert BOX.parameters == ("sx", "sy", "tx", "ty")
    np.testing.assert_array_equal(BOX.identity(), [1, 1, 0, 0])


def test_grid_preset():
    """V is the box around (tx, ty) with half sides sx and sy."""
    points = BOX.grid(np.array([[0.25, 0.5, -0.5, 0.125]]), (2, 2))[0]
    expected = [[[-0.75, -0.375], [-0.25, -0.375]], [[-0.75, 0.625], [-0.25, 0.625]]]
    np.testing.assert_array_equal(points, expected)


@pytest.mark.parametrize("theta", [(0.3, 2.0, 0.1, -0.7), (-1.0, 0.5, 0.0, 3.0)])
def test_matrix_golden_skimage(theta):
    expected = AffineTransform(scale=theta[:2], translation=theta[2:])
    assert_close(BOX.matrix(np.array([theta]))[0], expected.params, "float64")
    inverse = BOX.matrix(BOX.inverse(np.array([theta])))[0]
    assert_close(inverse, expected.inverse.params, "float64")


@pytest.mark.parametrize("theta", [[0.0, 1, 0, 0], [1, 0, 0.5, 0], [0.0, 0, 0, 0]])
def test_inverse_rejects_singular(theta):
    with pytest.raises(ValueError, match=r"ScaleTranslation has no inverse for theta .* singular"):
        BOX.inverse(np.array([theta]))
    assert not np.isfinite(on_tensors(BOX.inverse, np.array([theta]))).all()


@pytest.mark.parametrize("align_corners", [True, False])
def test_describe_preset(align_corners):
    parts = BOX.describe(np.array([0.25, -2, 0, 1]), (5, 9), align_corners=align_corners)
    assert (parts["scale_x"], parts["scale_y"], parts["shear"]) == (0.25, -2, 0)
    assert (parts["translation_x"], parts["translation_y"]) == (0, 2 if align_corners else 2.5)
