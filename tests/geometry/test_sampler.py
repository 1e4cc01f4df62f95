import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from stnctl.geometry import INTERPOLATIONS, PADDINGS, sample
from stnctl.geometry.grid import half_span, regular_grid
from tests.geometry.arrays import maps
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import RUNNERS, TENSOR_RUNNERS, gradients, on_tensorflow
from tests.geometry.tolerance import assert_close

SEEDS = st.integers(0, 2**32 - 1)
FAR = [np.nan, np.inf, -np.inf, 1e30, -1e30]


def points(*shape, seed=1, dtype="float64", reach=1.6):
    return np.random.default_rng(seed).uniform(-reach, reach, (*shape, 2)).astype(dtype)


def scipy_sample(U, grid, align_corners):
    height, width = U.shape[1:3]
    x = (grid[..., 0] + 1) * (width - align_corners) / 2 - (not align_corners) / 2
    y = (grid[..., 1] + 1) * (height - align_corners) / 2 - (not align_corners) / 2
    V = [
        [map_coordinates(one, [rows, columns], order=1, mode="grid-constant") for one in channels]
        for channels, rows, columns in zip(np.moveaxis(U, -1, 1), y, x, strict=True)
    ]
    return np.moveaxis(np.array(V), 1, -1)


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [(6, 9), (7, 7), (1, 5), (5, 1), (1, 1)])
def test_sample_golden_scipy(size, dtype, align_corners):
    U, grid = maps(2, *size, 3), points(2, 8, 11)
    found = sample(U.astype(dtype), grid.astype(dtype), align_corners=align_corners)
    assert found.dtype == dtype
    assert_close(found, scipy_sample(U, grid, align_corners), dtype)


@pytest.mark.parametrize("case", torch_cases())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sample_golden_torch(case, dtype):
    V = sample(case.U.astype(dtype), case.grid.astype(dtype), align_corners=case.align_corners)
    assert V.dtype == dtype
    assert_close(V, case.V, dtype)


def test_sample_preset_fades_out():
    """From the last pixel to one pixel outside, V falls to 0 in a straight line."""
    U = np.array([2.0, 4.0]).reshape(1, 1, 2, 1)
    x = np.array([-3.0, -2.5, -2, -1, 0, 1, 2, 3, 5])  # -1 and 1 are the centres of the pixels
    grid = np.stack([x, np.zeros(9)], -1).reshape(1, 1, 9, 2)
    expected = [0, 0.5, 1, 2, 3, 4, 2, 0, 0]
    np.testing.assert_array_equal(sample(U, grid).ravel(), expected)


@given(seed=SEEDS, align_corners=st.booleans())
@settings(deadline=None)
def test_sample_random_linear_image(seed, align_corners):
    """Inside, an image that is linear in x and y is reproduced."""
    grid = points(1, 6, 5, seed=seed, reach=1 - 1 / 7)
    lattice = regular_grid((7, 8), align_corners=align_corners, dtype="float64")
    a, b, c = maps(3, seed=seed)
    U, expected = ((a * p[..., 0:1] + b * p[..., 1:2] + c) for p in (lattice[None], grid))
    assert_close(sample(U, grid, align_corners=align_corners), expected, "float64")


@given(seed=SEEDS, factor=st.floats(-3, 3))
@settings(deadline=None)
def test_sample_random_linear_in_input_map(seed, factor):
    U, other, grid = maps(2, 4, 5, 2, seed=seed), maps(2, 4, 5, 2, seed=seed + 1), points(2, 3, 6)
    expected = factor * sample(U, grid) + sample(other, grid)
    assert_close(sample(factor * U + other, grid), expected, "float64")


@given(seed=SEEDS)
@settings(deadline=None)
def test_sample_random_within_range(seed):
    """The weights are positive and sum to at most 1: V never leaves the range of U and 0."""
    U = np.abs(maps(1, 4, 5, 1, seed=seed))
    V = sample(U, points(1, 9, 9, seed=seed))
    assert V.min() >= 0
    assert V.max() <= U.max() * (1 + 1e-12)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sample_preset_all_but_outside(runner, dtype):
    """Within rounding of one pixel beyond the last corner, V is 0 and nothing else is read."""
    point = np.array([1.5, 2], dtype) * (1 - 4 * np.finfo(dtype).eps)  # pixels are 0.5 and 1 long
    V = runner(sample, maps(1, 3, 5, 2, dtype=dtype), point.reshape(1, 1, 1, 2))
    assert_close(V, np.zeros((1, 1, 1, 2)), dtype)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_sample_preset_far(runner):
    """A point that is far away or not finite lies outside, and leaves its neighbors alone."""
    U, grid = maps(2, 3, 4, 2, dtype="float32"), points(2, 2, 6, dtype="float32", reach=0.9)
    expected = sample(U, grid)
    expected[:, 0, :5] = 0
    for axis in (0, 1):
        grid[axis, 0, :5, axis] = FAR
    assert_close(runner(sample, U, grid), expected, "float32")


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_sample_jacobian_far(runner):
    U, grid = maps(1, 3, 4, 2, dtype="float32"), points(1, 1, 6, dtype="float32", reach=0.9)
    grid[0, 0, :5, 0] = FAR
    dU, dgrid = gradients(sample, np.ones((1, 1, 6, 2), "float32"), U, grid, runner=runner)
    np.testing.assert_array_equal(dgrid[0, 0, :5], np.zeros((5, 2)))
    assert (dgrid[0, 0, 5] != 0).all()
    assert dU.sum() == pytest.approx(2)  # only the last point reads: weights of sum 1, 2 channels


@pytest.mark.parametrize(("dtype", "align_corners"), [("float32", True), ("float64", False)])
@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_sample_jacobian_on_lattice(runner, dtype, align_corners):
    """On the lattice the gradient is the one towards larger coordinates, with zeros beyond."""
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


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_sample_preset_half_precision(runner):
    U, grid = maps(2, 6, 5, 1), points(2, 4, 4)
    V = runner(sample, U.astype("float16"), grid.astype("float32"))
    assert V.dtype == "float16"
    assert_close(V, sample(U, grid), "float16")


@pytest.mark.parametrize("batch", [0, 1])
def test_sample_preset_batch(batch):
    assert sample(maps(batch, 4, 3, 2), points(batch, 5, 6)).shape == (batch, 5, 6, 2)


def test_sample_random_batch():
    """Every map of a batch is read at its own points."""
    U, grid = maps(3, 4, 5, 2), points(3, 2, 6)
    one_by_one = [sample(U[i : i + 1], grid[i : i + 1]) for i in range(3)]
    np.testing.assert_array_equal(sample(U, grid), np.concatenate(one_by_one))


def test_sample_random_inputs_unchanged():
    U, grid = maps(2, 4, 5, 1), points(2, 3, 3)
    copies = U.copy(), grid.copy()
    U.flags.writeable = grid.flags.writeable = False
    sample(U, grid)
    np.testing.assert_array_equal(U, copies[0])
    np.testing.assert_array_equal(grid, copies[1])


def test_sample_random_strided():
    U, grid = maps(2, 8, 5, 2), points(2, 3, 6)
    found = sample(U[:, ::2, ::-1], grid[:, :, ::3])
    expected = sample(U[:, ::2, ::-1].copy(), grid[:, :, ::3].copy())
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("U_shape", "grid_shape", "message"),
    [
        ((4, 5, 1), (1, 2, 2, 2), r"U must have shape \(B, H, W, C\), got \(4, 5, 1\)"),
        ((1, 4, 5, 1), (2, 2, 2), r"grid must have shape \(B, H', W', 2\), got \(2, 2, 2\)"),
        ((1, 4, 5, 1), (1, 2, 2, 3), r"grid must have shape .*, got \(1, 2, 2, 3\)"),
        ((2, 4, 5, 1), (3, 2, 2, 2), "U has a batch of 2, but grid one of 3"),
        ((1, 4, 5, 1), (4, 2, 2, 2), "U has a batch of 1, but grid one of 4"),
    ],
)
@pytest.mark.parametrize("runner", [RUNNERS["numpy"], on_tensorflow], ids=["numpy", "tensorflow"])
def test_sample_rejects_shape(U_shape, grid_shape, message, runner):
    with pytest.raises(ValueError, match=message):
        runner(sample, np.zeros(U_shape), np.zeros(grid_shape))


@pytest.mark.parametrize(
    ("U_dtype", "grid_dtype", "message"),
    [
        ("uint8", "float32", "U must be floating, got uint8; convert it first"),
        ("bool", "float32", "U must be floating, got bool"),
        ("float32", "int32", "grid must be floating, got int32"),
    ],
)
@pytest.mark.parametrize("runner", [RUNNERS["numpy"], on_tensorflow], ids=["numpy", "tensorflow"])
def test_sample_rejects_dtype(U_dtype, grid_dtype, message, runner):
    with pytest.raises(ValueError, match=message):
        runner(sample, np.zeros((1, 2, 2, 1), U_dtype), np.zeros((1, 2, 2, 2), grid_dtype))


@pytest.mark.parametrize(
    ("kind", "legal"), [("interpolation", INTERPOLATIONS), ("padding", PADDINGS)]
)
def test_sample_rejects_choice(kind, legal):
    with pytest.raises(ValueError, match=f"{kind} must be one of .*, got 'bicubicle'") as caught:
        sample(maps(1, 2, 2, 1), points(1, 2, 2), **{kind: "bicubicle"})
    assert ", ".join(legal) in str(caught.value)
