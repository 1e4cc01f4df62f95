"""Points and maps that are not finite, far away, in half precision, or read-only."""

import ml_dtypes
import numpy as np
import pytest

from stnctl.geometry import INTERPOLATIONS, PADDINGS, sample, warp
from tests.geometry.arrays import IDENTITY, maps, points, thetas
from tests.geometry.runners import TENSOR_RUNNERS, gradients, on_numpy, on_tensors
from tests.geometry.tolerance import assert_close

FAR = [np.nan, np.inf, -np.inf, 1e30, -1e30]

every_mode = pytest.mark.parametrize(
    ("interpolation", "padding"), [(i, p) for i in INTERPOLATIONS for p in PADDINGS]
)
eager = pytest.mark.parametrize("runner", [on_numpy, on_tensors], ids=["numpy", "tensors"])


def with_far_points(dtype="float32"):
    """Return points and the same with their first rows far away, (2, 4, 5, 2) each."""
    near = points(2, 4, 5, dtype=dtype)
    grid = near.copy()
    for axis in (0, 1):
        grid[axis, 0, :, axis] = FAR
    return near, grid


def outside(padding):
    return {"zeros": 0.0, "value": 0.7}.get(padding)


@every_mode
@eager
def test_sample_preset_far(interpolation, padding, runner):
    """A point that is far away or not finite is outside, and does not affect its neighbors."""

    def run(U, grid):
        return sample(U, grid, interpolation=interpolation, padding=padding, fill_value=0.7)

    U, (near, grid) = maps(2, 3, 4, 2, dtype="float32"), with_far_points()
    V = runner(run, U, grid)
    assert np.isfinite(V).all()
    assert_close(V[:, 1:], run(U, near)[:, 1:], "float32")
    assert_close(V, run(U.astype("float64"), grid.astype("float64")), "float32")
    if outside(padding) is not None:
        np.testing.assert_allclose(V[:, 0], outside(padding), rtol=0, atol=1e-6)


@every_mode
@eager
def test_warp_preset_far(interpolation, padding, runner):
    """A theta that is not finite, or huge, gives a finite V and does not affect the batch."""

    def run(U, theta):
        options = {"padding": padding, "fill_value": 0.7}
        return warp(U, theta, interpolation=interpolation, **options)

    U, theta = maps(6, 3, 4, 2, dtype="float32"), thetas(6).astype("float32")
    theta[np.arange(5), np.arange(5)] = FAR
    V = runner(run, U, theta)
    assert np.isfinite(V).all()
    assert_close(V[5:], run(U[5:], theta[5:]), "float32")
    if outside(padding) is not None:
        np.testing.assert_allclose(V[:3], outside(padding), rtol=0, atol=1e-6)


@every_mode
def test_sample_jacobian_far(interpolation, padding):
    """The gradients are finite, and the neighbors' gradients are unaffected by the far points."""

    def run(U, grid):
        return sample(U, grid, interpolation=interpolation, padding=padding)

    U, (near, grid) = maps(2, 3, 4, 1, dtype="float32"), with_far_points()
    weights = maps(2, 4, 5, 1, seed=2, dtype="float32")
    dU, dgrid = gradients(run, weights, U, grid)
    _, near_dgrid = gradients(run, weights, U, near)
    assert np.isfinite(dU).all()
    assert np.isfinite(dgrid).all()
    np.testing.assert_allclose(dgrid[:, 1:], near_dgrid[:, 1:], rtol=1e-5, atol=1e-5)
    if padding != "reflection":
        for axis in (0, 1):
            np.testing.assert_allclose(dgrid[axis, 0, :, axis], 0, atol=1e-5)


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_sample_jacobian_far_input_map(runner):
    """A far point has no part in U's gradient."""
    U, grid = maps(1, 3, 4, 2, dtype="float32"), points(1, 1, 6, dtype="float32", reach=0.9)
    grid[0, 0, :5, 0] = FAR
    dU, dgrid = gradients(sample, np.ones((1, 1, 6, 2), "float32"), U, grid, runner=runner)
    np.testing.assert_array_equal(dgrid[0, 0, :5], np.zeros((5, 2)))
    assert (dgrid[0, 0, 5] != 0).all()
    assert dU.sum() == pytest.approx(
        2
    )  # only the last point is inside: weights sum to 1, 2 channels


@every_mode
@eager
@pytest.mark.parametrize("size", [(1, 4), (3, 1), (1, 1)])
def test_sample_preset_one_pixel(size, runner, interpolation, padding):
    """An axis of one pixel gives finite values, the same as NumPy in float64."""

    def run(U, grid):
        options = {"padding": padding, "align_corners": False}
        return sample(U, grid, interpolation=interpolation, **options)

    U, grid = maps(2, *size, 2), points(2, 3, 4, reach=3.0)
    V = runner(run, U.astype("float32"), grid.astype("float32"))
    assert np.isfinite(V).all()
    assert_close(V, run(U, grid), "float32")


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@eager
def test_sample_preset_half_precision(runner, dtype, interpolation):
    """Maps in half precision are computed in single precision, and rounded once, at the end."""

    def run(U, grid):
        return sample(U, grid, interpolation=interpolation)

    half = np.dtype(getattr(ml_dtypes, dtype, dtype))
    U, grid = maps(2, 6, 5, 1).astype(half), points(2, 4, 4, dtype="float32")
    V = runner(run, U, grid)
    assert V.dtype == half
    assert_close(V.astype("float32"), run(U.astype("float32"), grid), dtype)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@eager
def test_warp_preset_half_precision(runner, dtype):
    """The grid of a theta in half precision is single: it distinguishes 600 pixels."""
    half = np.dtype(getattr(ml_dtypes, dtype, dtype))
    U = np.repeat(np.arange(600.0) % 2, 2).reshape(1, 600, 2, 1)
    V = runner(warp, U.astype(half), IDENTITY.astype(half))
    np.testing.assert_array_equal(V, U.astype(half), strict=True)


@every_mode
def test_sample_random_inputs_unchanged(interpolation, padding):
    U, grid = maps(2, 4, 5, 1), points(2, 3, 3)
    copies = U.copy(), grid.copy()
    U.flags.writeable = grid.flags.writeable = False
    V = sample(U, grid, interpolation=interpolation, padding=padding)
    assert V.flags.writeable
    np.testing.assert_array_equal(U, copies[0])
    np.testing.assert_array_equal(grid, copies[1])


def test_sample_random_output_is_new():
    """V is a new array, even where its values are those of U."""
    U = maps(1, 3, 3, 1)
    V = warp(U, IDENTITY)
    assert not np.shares_memory(U, V)
