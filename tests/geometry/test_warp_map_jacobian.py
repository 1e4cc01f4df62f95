"""Gradients of V: against PyTorch, finite differences, and formulas where V has kinks."""

from functools import partial

import numpy as np
import pytest

from stnctl.geometry import sample, warp
from stnctl.geometry.grid import regular_grid, to_pixels
from stnctl.geometry.namespace import array_namespace
from tests.geometry.arrays import IDENTITY, maps, thetas
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import TENSOR_RUNNERS, compiled, gradients
from tests.geometry.tolerance import TOLERANCE, assert_close
from tests.geometry.transforms.differences import central_differences
from tests.geometry.transforms.families import DOUBLE, FAMILIES, random_thetas

INPUT_SIZE = (6, 5)


@pytest.mark.parametrize("case", torch_cases())
def test_warp_jacobian_golden_torch(case):
    def run(U, theta):
        return warp(U, theta, output_size=case.output_size, align_corners=case.align_corners)

    dU, dtheta = gradients(run, case.dV, case.U, case.theta)
    assert_close(dU, case.dU, DOUBLE)
    assert_close(dtheta, case.dtheta, DOUBLE)


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("output_size", [(5, 4), (9, 4)])
@pytest.mark.parametrize("name", FAMILIES)
def test_warp_jacobian_theta(name, output_size, align_corners):
    """The gradient to theta is that of central differences of the NumPy path, in float64."""
    family = FAMILIES[name]
    U, theta = maps(2, *INPUT_SIZE, 2), random_thetas(family, batch=2, seed=3)
    weights = smooth_weights(family, theta, output_size, align_corners)

    def run(U, theta):
        options = {"output_size": output_size, "align_corners": align_corners}
        return warp(U, theta, transform=family, **options)

    _, found = gradients(run, weights, U, theta)
    expected = central_differences(lambda theta: weights * run(U, theta), theta)
    tolerance = max(1e-6, 10 * TOLERANCE[DOUBLE])
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def test_warp_jacobian_theta_compiled():
    """All families in one compiled graph, in float32, with one sampler to compile."""
    U = maps(2 * len(FAMILIES), *INPUT_SIZE, 2)
    thetas = [random_thetas(family, batch=2, seed=3) for family in FAMILIES.values()]
    pairs = list(zip(FAMILIES.values(), thetas, strict=True))
    weights = np.concatenate([smooth_weights(*pair, (5, 4), True) for pair in pairs])

    def run(U, *thetas):
        pairs = zip(FAMILIES.values(), thetas, strict=True)
        grids = [family.grid(theta, (5, 4)) for family, theta in pairs]
        return sample(U, array_namespace(U).concatenate(grids, axis=0))

    arrays = [array.astype("float32") for array in (weights, U, *thetas)]
    _, *found = gradients(run, *arrays, runner=compiled)
    for k, (family, theta) in enumerate(pairs):
        part = np.s_[2 * k : 2 * k + 2]
        _, expected = gradients(
            partial(warp, transform=family, output_size=(5, 4)), weights[part], U[part], theta
        )
        np.testing.assert_allclose(found[k], expected, rtol=1e-4, atol=1e-4)


def smooth_weights(family, theta, output_size, align_corners):
    """Return weights of V that are 0 where a point is within 1e-3 pixels of V's kinks."""
    grid = family.grid(theta, output_size, align_corners=align_corners)
    pixels = to_pixels(grid, INPUT_SIZE, align_corners=align_corners)
    smooth = (np.abs(pixels - np.round(pixels)) > 1e-3).all(-1, keepdims=True)
    assert smooth.mean() > 0.9
    return maps(2, *output_size, 2, seed=1) * smooth


@pytest.mark.parametrize("align_corners", [True, False])
def test_warp_jacobian_input_map(align_corners):
    U, theta, weights = maps(2, 4, 5, 1), thetas(2), maps(2, 3, 6, 1, seed=1)

    def run(U, theta):
        return warp(U, theta, output_size=(3, 6), align_corners=align_corners)

    found, _ = gradients(run, weights, U, theta)
    expected = central_differences(lambda U: weights * run(U, theta), U, step=1e-3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[DOUBLE])


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_warp_jacobian_identity(dtype, runner):
    """At the identity, on every pixel's kink, theta's gradient is that to the right and down."""
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
