"""Gradients of V: against PyTorch, finite differences, and by hand where V has kinks."""

import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, warp
from stnctl.geometry.grid import regular_grid, to_pixels
from tests.geometry.arrays import IDENTITY, maps, thetas
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import TENSOR_RUNNERS, gradients
from tests.geometry.tolerance import assert_close


@pytest.mark.parametrize("case", torch_cases())
def test_warp_jacobian_golden_torch(case):
    def run(U, theta):
        return warp(U, theta, output_size=case.output_size, align_corners=case.align_corners)

    dU, dtheta = gradients(run, case.dV, case.U, case.theta)
    assert_close(dU, case.dU, "float64")
    assert_close(dtheta, case.dtheta, "float64")


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("output_size", [(6, 5), (9, 4)])
def test_warp_jacobian_theta(output_size, align_corners):
    """The gradient to theta is that of central differences of the NumPy path, in float64.

    Points within 1e-4 pixels of the lattice, where V has kinks, are left out.
    """
    U, theta = maps(4, 6, 5, 2), thetas(4)
    grid = TRANSFORMS["affine"].grid(theta, output_size, align_corners=align_corners)
    pixels = to_pixels(grid, (6, 5), align_corners=align_corners)
    smooth = (np.abs(pixels - np.round(pixels)) > 1e-4).all(-1, keepdims=True)
    assert smooth.mean() > 0.99
    weights = maps(4, *output_size, 2, seed=1) * smooth

    def run(U, theta):
        return warp(U, theta, output_size=output_size, align_corners=align_corners)

    _, found = gradients(run, weights, U, theta)
    expected = central_differences(lambda theta: weights * run(U, theta), theta, step=1e-6)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("align_corners", [True, False])
def test_warp_jacobian_input_map(align_corners):
    U, theta, weights = maps(2, 4, 5, 1), thetas(2), maps(2, 3, 6, 1, seed=1)

    def run(U, theta):
        return warp(U, theta, output_size=(3, 6), align_corners=align_corners)

    found, _ = gradients(run, weights, U, theta)
    expected = central_differences(lambda U: weights * run(U, theta), U, step=1e-3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def central_differences(function, at, step):
    """Return the derivatives of sum(function(at)) to every element of ``at``."""
    slopes = np.empty(at.size)
    for index in range(at.size):
        move = np.zeros(at.size)
        move[index] = step
        move = move.reshape(at.shape)
        slopes[index] = np.sum(function(at + move) - function(at - move)) / (2 * step)
    return slopes.reshape(at.shape)


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_warp_jacobian_identity(dtype, runner):
    """At the identity, on the kink of every pixel, theta's gradient looks right and down."""
    U, weights = maps(1, 5, 4, 1), maps(1, 5, 4, 1, seed=1)
    _, found = gradients(warp, *(a.astype(dtype) for a in (weights, U, IDENTITY)), runner=runner)
    x, y = np.moveaxis(regular_grid((5, 4), dtype="float64"), -1, 0)
    to_the_right = (weights * np.diff(U, axis=2, append=0))[0, :, :, 0] * (4 - 1) / 2
    downwards = (weights * np.diff(U, axis=1, append=0))[0, :, :, 0] * (5 - 1) / 2
    expected = [np.sum(d * p) for d in (to_the_right, downwards) for p in (x, y, 1)]
    assert_close(found, [expected], dtype)


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_warp_jacobian_not_finite(runner):
    U, theta = maps(6, 4, 5, 2, dtype="float32"), thetas(6).astype("float32")
    theta[np.arange(5), np.arange(5)] = [np.nan, np.inf, -np.inf, 1e30, -1e30]
    weights = maps(6, 4, 5, 2, seed=1, dtype="float32")
    dU, dtheta = gradients(warp, weights, U, theta, runner=runner)
    alone = gradients(warp, weights[5:], U[5:], theta[5:], runner=runner)
    assert np.isfinite(dU).all()
    assert np.isfinite(dtheta).all()
    np.testing.assert_array_equal(dtheta[:3], np.zeros((3, 6)))
    assert_close(dU[5:], alone[0], "float32")
    assert_close(dtheta[5:], alone[1], "float32")
