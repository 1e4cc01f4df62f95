"""The two gradients of the points of an affine family: by formula, and by differentiation."""

import numpy as np
import pytest

from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.affine_family import AffineFamily
from tests.geometry.arrays import maps
from tests.geometry.runners import TENSOR_RUNNERS, gradients, on_tensors
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import DOUBLE, MATRICES, random_thetas

AFFINE = {name: f for name, f in MATRICES.items() if isinstance(f, AffineFamily)}
LATTICE = regular_grid((4, 5), dtype="float64")


def test_families_preset():
    assert set(MATRICES) - set(AFFINE) == {"projective"}


@pytest.mark.parametrize("family", AFFINE.values(), ids=AFFINE)
def test_apply_jacobian_of_known_points(family):
    """Known points have a gradient by formula, others by differentiation: both are equal."""
    theta, weights = random_thetas(family), maps(3, 4, 5, 2)
    (by_formula,) = gradients(lambda theta: family.apply(theta, LATTICE), weights, theta)
    differentiated, to_points = gradients(family.apply, weights, theta, LATTICE)
    assert_close(by_formula, differentiated, DOUBLE)
    slopes = family.matrix(theta)[:, :2, :2]
    assert_close(to_points, np.einsum("bhwi,bij->hwj", weights, slopes), DOUBLE)


def test_apply_jacobian_of_known_batch():
    """With known points that differ within the batch, each theta has its own gradient."""
    family, weights = AFFINE["affine"], maps(3, 4, 5, 2)
    theta, points = random_thetas(family), LATTICE + maps(3, 4, 5, 2, seed=1)
    (found,) = gradients(lambda theta: family.apply(theta, points), weights, theta)
    for k in range(3):
        alone, _ = gradients(family.apply, weights[k : k + 1], theta[k : k + 1], points[k])
        assert_close(found[k : k + 1], alone, "float64")


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_apply_jacobian_not_finite(runner):
    """A theta that is not finite does not affect the gradients of the others."""
    family, weights = AFFINE["affine"], maps(3, 4, 5, 2, dtype="float32")
    theta = random_thetas(family, dtype="float32")

    def run(theta):
        return family.apply(theta, LATTICE)

    (expected,) = gradients(run, weights, theta)
    theta[0], theta[1, 2] = np.nan, np.inf
    (found,) = gradients(run, weights, theta, runner=runner)
    assert_close(found, expected, "float32")


def test_apply_random_points_of_other_kind():
    """Points may be a tensor or a NumPy array, whatever theta is."""
    family = AFFINE["rigid"]
    theta = random_thetas(family)
    expected = family.apply(theta, LATTICE)
    assert_close(on_tensors(lambda p: family.apply(theta, p), LATTICE), expected, "float64")
