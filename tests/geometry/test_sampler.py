"""Properties of `sample`; test_sampler_golden compares it with other libraries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry import INTERPOLATIONS, PADDINGS, make_sampler, sample
from stnctl.geometry.grid import half_span, regular_grid
from stnctl.geometry.interpolation.bicubic import Bicubic
from tests.geometry.arrays import maps, points
from tests.geometry.runners import RUNNERS, on_numpy, on_tensors
from tests.geometry.tolerance import assert_close

SEEDS = st.integers(0, 2**32 - 1)
NUMPY_MODES = {"zeros": "constant", "value": "constant", "border": "edge"}

every_interpolation = pytest.mark.parametrize("interpolation", INTERPOLATIONS)
every_padding = pytest.mark.parametrize("padding", PADDINGS)
every_corner = pytest.mark.parametrize("align_corners", [True, False])
eager = pytest.mark.parametrize("runner", [on_numpy, on_tensors], ids=["numpy", "tensors"])


def test_sample_preset_fades_out():
    """From the last pixel to one pixel outside, V falls linearly to 0."""
    U = np.array([2.0, 4.0]).reshape(1, 1, 2, 1)
    x = np.array([-3.0, -2.5, -2, -1, 0, 1, 2, 3, 5])  # -1 and 1 are the centers of the pixels
    grid = np.stack([x, np.zeros(9)], -1).reshape(1, 1, 9, 2)
    expected = [0, 0.5, 1, 2, 3, 4, 2, 0, 0]
    np.testing.assert_array_equal(sample(U, grid).ravel(), expected)


@every_interpolation
@every_padding
@every_corner
def test_sample_identity(interpolation, padding, align_corners):
    """On the lattice V is U; the splines interpolate all pixels up to rounding."""
    for size in [(6, 5), (1, 4), (3, 1), (1, 1)]:
        U = maps(1, *size, 2)
        V = sample(
            U,
            regular_grid(size, align_corners=align_corners, dtype="float64")[None],
            interpolation=interpolation,
            padding=padding,
            align_corners=align_corners,
        )
        assert_close(V, U, "float64")


@pytest.mark.parametrize(
    ("interpolation", "reach"),
    [("bilinear", 22.0), (Bicubic(-0.5), 21.0), ("quadratic", 3.0), ("cubic", 3.0)],
    ids=["bilinear", "bicubic", "quadratic", "cubic"],
)
@given(seed=SEEDS, align_corners=st.booleans())
@settings(deadline=None, max_examples=20)
def test_sample_random_linear_image(interpolation, reach, seed, align_corners):
    """Inside, a linear image is reproduced; splines depend on the edges, though weakly."""
    size = (45, 47)
    half = half_span(size, align_corners=align_corners)
    grid = points(1, 6, 5, seed=seed, reach=reach) / half
    lattice = regular_grid(size, align_corners=align_corners, dtype="float64")
    a, b, c = maps(3, seed=seed)
    U, expected = ((a * p[..., 0:1] + b * p[..., 1:2] + c) for p in (lattice[None], grid))
    V = sample(U, grid, interpolation=interpolation, align_corners=align_corners)
    assert_close(V, expected, "float64")


@every_interpolation
@given(seed=SEEDS, factor=st.floats(-3, 3), padding=st.sampled_from(["zeros", "reflection"]))
@settings(deadline=None, max_examples=20)
def test_sample_random_linear_in_input_map(interpolation, seed, factor, padding):
    U, other, grid = maps(2, 4, 5, 2, seed=seed), maps(2, 4, 5, 2, seed=seed + 1), points(2, 3, 6)

    def run(U):
        return sample(U, grid, interpolation=interpolation, padding=padding)

    assert_close(run(factor * U + other), factor * run(U) + run(other), "float64")


@every_interpolation
@every_padding
@given(dx=st.integers(-6, 6), dy=st.integers(-6, 6), align_corners=st.booleans())
@settings(deadline=None, max_examples=15)
def test_sample_random_shift(interpolation, padding, dx, dy, align_corners):
    """A shift by whole pixels moves the array, and the padding moves in."""
    U, mode = maps(1, 5, 6, 2), "reflect" if align_corners else "symmetric"
    extra = {"constant_values": 0.7} if padding == "value" else {}
    wide = np.pad(U, [(0, 0), (6, 6), (6, 6), (0, 0)], NUMPY_MODES.get(padding, mode), **extra)
    lattice = regular_grid((5, 6), align_corners=align_corners, dtype="float64")
    grid = lattice + np.array([dx, dy]) / half_span((5, 6), align_corners=align_corners)
    V = sample(
        U,
        grid[None],
        interpolation=interpolation,
        padding=padding,
        fill_value=0.7,
        align_corners=align_corners,
    )
    assert_close(V, wide[:, 6 + dy : 11 + dy, 6 + dx : 12 + dx], "float64")


@every_interpolation
@given(seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_sample_random_value(interpolation, seed):
    """Padding by a value is padding by zeros of U without the value, plus the value."""
    U, grid, value = maps(2, 4, 5, 3, seed=seed), points(2, 3, 6, reach=3.0), (0.5, -2.0, 3.0)
    found = sample(U, grid, interpolation=interpolation, padding="value", fill_value=value)
    expected = sample(U - value, grid, interpolation=interpolation) + value
    assert_close(found, expected, "float64")


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "area"])
@given(seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_sample_random_within_range(interpolation, seed):
    """The weights are positive and sum to at most 1: V stays in the range of U and 0."""
    U = np.abs(maps(1, 4, 5, 1, seed=seed))
    V = sample(U, points(1, 9, 9, seed=seed), interpolation=interpolation)
    assert V.min() >= 0
    assert V.max() <= U.max() * (1 + 1e-12)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sample_preset_all_but_outside(runner, dtype):
    """Within rounding of one pixel beyond the last corner, V is 0."""
    point = np.array([1.5, 2], dtype) * (1 - 4 * np.finfo(dtype).eps)  # pixels are 0.5 and 1 long
    V = runner(sample, maps(1, 3, 5, 2, dtype=dtype), point.reshape(1, 1, 1, 2))
    assert_close(V, np.zeros((1, 1, 1, 2)), dtype)


@every_interpolation
@pytest.mark.parametrize("batch", [0, 1])
def test_sample_preset_batch(batch, interpolation):
    V = sample(maps(batch, 4, 3, 2), points(batch, 5, 6), interpolation=interpolation)
    assert V.shape == (batch, 5, 6, 2)


@every_interpolation
def test_sample_random_batch(interpolation):
    """Every map of a batch is read at its own points."""
    U, grid = maps(3, 4, 5, 2), points(3, 2, 6)
    one_by_one = [
        sample(U[i : i + 1], grid[i : i + 1], interpolation=interpolation) for i in range(3)
    ]
    V = sample(U, grid, interpolation=interpolation)
    np.testing.assert_array_equal(V, np.concatenate(one_by_one))


def test_sample_random_strided():
    U, grid = maps(2, 8, 5, 2), points(2, 3, 6)
    found = sample(U[:, ::2, ::-1], grid[:, :, ::3])
    expected = sample(U[:, ::2, ::-1].copy(), grid[:, :, ::3].copy())
    np.testing.assert_array_equal(found, expected)


def test_make_sampler_preset():
    sampler = make_sampler((4, 5), interpolation="cubic", padding="border")
    assert sampler == make_sampler((4, 5), interpolation="cubic", padding="border")
    assert sampler != make_sampler((4, 5), interpolation="cubic", padding="zeros")
    U, grid = maps(2, 4, 5, 2), points(2, 3, 6)
    expected = sample(U, grid, interpolation="cubic", padding="border")
    np.testing.assert_array_equal(sampler(U, grid), expected)


def test_sampler_preset_region():
    """The decorator is applied to the parts that run, and to nothing else."""
    seen = []

    def region(function):
        seen.append(function.__name__)
        return function

    U, grid = maps(1, 4, 5, 1), points(1, 2, 3)
    make_sampler((4, 5))(U, grid, region=region)
    assert seen == ["read"]
    make_sampler((4, 5), interpolation="cubic")(U, grid, region=region)
    assert seen == ["read", "prefilter", "read"]


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
@eager
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
@eager
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


@pytest.mark.parametrize("fill_value", [[0.1, 0.2], np.array([0.1, 0.2]), (0.1, 0.2)])
def test_sample_preset_fill_value_of_each_channel(fill_value):
    V = sample(maps(1, 4, 5, 2), np.full((1, 1, 1, 2), 9.0), padding="value", fill_value=fill_value)
    np.testing.assert_array_equal(V[0, 0, 0], [0.1, 0.2])


@pytest.mark.parametrize("fill_value", [(0.1, 0.2, 0.3), (0.1,), [[0.1, 0.2]]])
def test_sample_rejects_fill_value(fill_value):
    with pytest.raises(ValueError, match="fill_value must be one number, or 2, one for each chan"):
        sample(maps(1, 4, 5, 2), points(1, 2, 2), padding="value", fill_value=fill_value)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_grid_gradient_preset_far(interpolation, padding):
    """Far outside, and at points that are not finite, V is constant and has no slope."""
    sampler = make_sampler((4, 5), interpolation=interpolation, padding=padding)
    grid = points(1, 1, 5)
    grid[0, 0, :, 0] = [np.nan, np.inf, -np.inf, 1e30, -1e30]
    source = sampler.prefilter(maps(1, 4, 5, 2))
    gradient = sampler.grid_gradient(source, grid, np.ones((1, 1, 5, 2)))
    np.testing.assert_array_equal(gradient.real, np.zeros((1, 1, 5)))
