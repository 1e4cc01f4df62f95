"""Gradients of `sample` against NumPy in float64, off the lattice and on it."""

import numpy as np
import pytest

from stnctl.geometry import INTERPOLATIONS, PADDINGS, sample
from stnctl.geometry.grid import half_span, regular_grid
from tests.geometry.arrays import CLEARANCE, clear_points, maps
from tests.geometry.runners import TENSOR_RUNNERS, gradients
from tests.geometry.tolerance import TOLERANCE, assert_close

SIZE = (4, 5)

every_interpolation = pytest.mark.parametrize("interpolation", INTERPOLATIONS)
every_padding = pytest.mark.parametrize("padding", PADDINGS)
every_corner = pytest.mark.parametrize("align_corners", [True, False])
every_runner = pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)


@every_interpolation
@every_padding
@every_corner
def test_sample_jacobian(interpolation, padding, align_corners):
    U, weights = maps(2, *SIZE, 2), maps(2, 3, 6, 2, seed=1)
    grid = clear_points(2, (3, 6), SIZE, align_corners=align_corners)
    options = {"padding": padding, "fill_value": 0.7, "align_corners": align_corners}

    def run(U, grid):
        return sample(U, grid, interpolation=interpolation, **options)

    dU, dgrid = gradients(run, weights, U, grid)
    assert_close(dU, slopes_to_map(run, weights, U, grid), "float64")
    expected = slopes_to_grid(run, weights, U, grid)
    if interpolation == "nearest":
        np.testing.assert_array_equal(dgrid, np.zeros_like(grid))
        np.testing.assert_array_equal(expected, np.zeros_like(grid))
    tolerance = max(1e-7, TOLERANCE["float64"])
    np.testing.assert_allclose(dgrid, expected, rtol=tolerance, atol=tolerance)


def slopes_to_grid(run, weights, U, grid):
    """Return central differences of sum(weights * V) to each of the points.

    All points move together, which keeps the footprints of `area`; the step avoids the kinks.
    """
    step = CLEARANCE / 50
    moves = step * np.eye(2)
    return np.stack(
        [
            np.sum(weights * (run(U, grid + move) - run(U, grid - move)), axis=-1) / (2 * step)
            for move in moves
        ],
        axis=-1,
    )


def slopes_to_map(run, weights, U, grid):
    """Return the contribution of each pixel of U to sum(weights * V): V is linear in U."""
    nothing = run(np.zeros_like(U), grid)
    slopes = np.empty_like(U)
    for row, column in np.ndindex(*SIZE):
        pixel = np.zeros_like(U)
        pixel[:, row, column] = 1
        slopes[:, row, column] = np.sum(weights * (run(pixel, grid) - nothing), axis=(1, 2))
    return slopes


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@every_runner
def test_sample_jacobian_backends(interpolation, runner):
    """In float32, compiled or not, the gradients are those of float64."""
    U, weights = maps(2, *SIZE, 2), maps(2, 3, 6, 2, seed=1)
    grid = clear_points(2, (3, 6), SIZE, outside=1.0)

    def run(U, grid):
        return sample(U, grid, interpolation=interpolation, padding="border")

    arrays = [array.astype("float32") for array in (weights, U, grid)]
    dU, dgrid = gradients(run, *arrays, runner=runner)
    assert dU.dtype == dgrid.dtype == "float32"
    np.testing.assert_allclose(dU, slopes_to_map(run, weights, U, grid), rtol=1e-5, atol=1e-5)
    expected = slopes_to_grid(run, weights, U, grid)
    np.testing.assert_allclose(dgrid, expected, rtol=3e-5, atol=3e-5)


@pytest.mark.parametrize(("dtype", "align_corners"), [("float32", True), ("float64", False)])
@every_runner
def test_sample_jacobian_on_lattice(runner, dtype, align_corners):
    """On the lattice the gradient is the one towards larger coordinates, with zeros outside."""
    U = maps(1, 5, 4, 1, dtype=dtype)
    grid = regular_grid((5, 4), align_corners=align_corners, dtype=dtype)[None]
    _, found = gradients(
        lambda U, grid: sample(U, grid, align_corners=align_corners),
        np.ones((1, 5, 4, 1), dtype),
        U,
        grid,
        runner=runner,
    )
    to_the_right = np.diff(U, axis=2, append=0)
    downwards = np.diff(U, axis=1, append=0)
    half = half_span((5, 4), align_corners=align_corners)
    assert_close(found, np.concatenate([to_the_right, downwards], -1) * half, dtype)


@every_interpolation
def test_sample_jacobian_half_precision(interpolation):
    """Each gradient has the dtype of its array."""

    def run(U, grid):
        return sample(U, grid, interpolation=interpolation)

    U, grid = maps(1, *SIZE, 1, dtype="float16"), clear_points(1, (3, 6), SIZE)
    weights = np.ones((1, 3, 6, 1), "float16")
    dU, dgrid = gradients(run, weights, U, grid.astype("float32"))
    assert (dU.dtype, dgrid.dtype) == ("float16", "float32")
    assert np.isfinite(dU).all()
    assert np.isfinite(dgrid).all()
