"""Every transform × interpolation × padding × align_corners against NumPy in float64.

A warp is a grid and a sampler. So the grids of all transforms are computed together, and each
sampler reads all of them at once: compilation of a sampler is slow, its execution is fast. In a
compiled sampler, ``align_corners`` changes reflections only.
"""

from functools import cache

import numpy as np
import pytest

from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS, sample, warp
from tests.geometry.arrays import points, thetas
from tests.geometry.runners import RUNNERS, TENSOR_RUNNERS, compiled
from tests.geometry.tolerance import TOLERANCE, assert_close

INPUT_SIZE, OUTPUT_SIZE = (6, 5), (4, 7)
BATCH = 2
FAR = [np.nan, np.inf, -np.inf, 1e30, -1e30, 1e4, -1e4]
THETAS = [thetas(BATCH, seed, 0.3, name) for seed, name in enumerate(TRANSFORMS)]
U = np.random.default_rng(0).uniform(size=(BATCH, *INPUT_SIZE, 2))

WAYS = [
    pytest.param(runner, dtype, id=f"{name}-{dtype}")
    for name, runner in TENSOR_RUNNERS.items()
    for dtype in (("float32",) if runner is compiled else ("float32", "float64"))
]
CASES = [
    (interpolation, padding, align_corners)
    for interpolation in INTERPOLATIONS
    for padding in PADDINGS
    for align_corners in (True, False)
]
LONG = {
    "bicubic": {"value"},
    "quadratic": {"border"},
    "cubic": {"reflection"},
    "area": {"zeros"},
}
"""Interpolations that take seconds to compile -> the paddings that are not left to `slow`."""


def run_of(way, case):
    """Return the parameter of one case with one runner."""
    interpolation, padding, _ = case
    takes_long = way.values[0] is compiled and padding not in LONG.get(interpolation, {padding})
    marks = [pytest.mark.slow] if takes_long else []
    return pytest.param(*way.values, case, id="-".join(map(str, (way.id, *case))), marks=marks)


RUNS = [
    run_of(way, case)
    for way in WAYS
    for case in CASES
    if way.values[0] is not compiled or case[2] or case[1] == "reflection"
]


@cache
def grids(runner, dtype, align_corners):
    """Return the grids of all transforms, one after another, (11 B, H', W', 2)."""

    def run(*thetas):
        return [
            transform.grid(theta, OUTPUT_SIZE, align_corners=align_corners)
            for transform, theta in zip(TRANSFORMS.values(), thetas, strict=True)
        ]

    return np.concatenate(runner(run, *(theta.astype(dtype) for theta in THETAS)))


def far_grid():
    """Return points whose first row is far outside, (B, H', W', 2)."""
    grid = points(BATCH, *OUTPUT_SIZE)
    for axis in (0, 1):
        grid[axis, 0, :, axis] = FAR
    return grid


def options(interpolation, padding, align_corners):
    return {
        "interpolation": interpolation,
        "padding": padding,
        "fill_value": 0.7,
        "align_corners": align_corners,
    }


@cache
def expected(*case):
    """Return V of all transforms and of the far points, on NumPy in float64."""
    chosen = options(*case)
    V = [
        warp(U, theta, transform=name, output_size=OUTPUT_SIZE, **chosen)
        for name, theta in zip(TRANSFORMS, THETAS, strict=True)
    ]
    return np.concatenate([*V, sample(U, far_grid(), **chosen)])


def test_thetas_preset():
    """The points are inside and outside, and never halfway between pixels of `nearest`."""
    for align_corners in (True, False):
        grid = grids(RUNNERS["numpy"], "float64", align_corners)
        assert 0.5 < (abs(grid) < 1).all(-1).mean() < 0.9
        size = np.array(INPUT_SIZE[::-1])
        pixels = (grid * (size - align_corners) + size - 1) / 2
        assert abs((pixels + 0.5) - np.round(pixels + 0.5)).min() > 10 * TOLERANCE["float32"]


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize(("runner", "dtype"), WAYS)
def test_grid_random_everywhere(runner, dtype, align_corners):
    found = grids(runner, dtype, align_corners)
    assert found.dtype == dtype
    assert_close(found, grids(RUNNERS["numpy"], "float64", align_corners), dtype)


@pytest.mark.parametrize(("runner", "dtype", "case"), RUNS)
def test_warp_random_everywhere(runner, dtype, case):
    grid = np.concatenate([grids(runner, dtype, case[2]), far_grid()]).astype(dtype)
    maps = np.tile(U, (len(grid) // BATCH, 1, 1, 1)).astype(dtype)
    V = runner(lambda U, grid: sample(U, grid, **options(*case)), maps, grid)
    assert V.dtype == dtype
    assert_close(V, expected(*case), dtype)
