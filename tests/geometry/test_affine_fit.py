import numpy as np
import pytest

from stnctl.geometry.affine_fit import fit_affine
from stnctl.geometry.frames import from_centers
from stnctl.geometry.transforms.affine import Affine


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("size", [(7, 9), (5, 4)])
def test_fit_affine_is_the_matrix_of_affine_grids(align_corners, size):
    theta = np.random.default_rng(0).normal(size=(6, 6))
    affine = Affine()
    grid = affine.grid(theta, size, align_corners=align_corners)
    expected = from_centers(affine.matrix(theta), (8, 6), size, align_corners=align_corners)
    actual = fit_affine(grid, (8, 6), align_corners=align_corners)
    np.testing.assert_allclose(actual, expected, atol=1e-9)
