import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry.grid import axes_to_pixels, from_pixels, half_span, regular_grid, to_pixels
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import RUNNERS
from tests.geometry.tolerance import assert_close

SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40))


def test_regular_grid_preset_corners():
    expected = [[[-1, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]
    np.testing.assert_array_equal(regular_grid((2, 3)), np.float32(expected), strict=True)


def test_regular_grid_preset_edges():
    grid = regular_grid((2, 4), align_corners=False, dtype="float64")
    np.testing.assert_array_equal(grid[0, :, 0], [-0.75, -0.25, 0.25, 0.75])
    np.testing.assert_array_equal(grid[:, 0, 1], [-0.5, 0.5])


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (1, 4), (3, 1)])
def test_regular_grid_preset_one_pixel(size, align_corners):
    grid = regular_grid(size, align_corners=align_corners)
    assert grid.shape == (*size, 2)
    for axis, length in enumerate(size):
        if length == 1:
            np.testing.assert_array_equal(grid[..., 1 - axis], np.zeros(size))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_regular_grid_random_is_odd(dtype, size, align_corners):
    grid = regular_grid(size, align_corners=align_corners, dtype=dtype)
    assert grid.dtype == dtype
    np.testing.assert_array_equal(grid, -grid[::-1, ::-1])


@given(size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_to_pixels_roundtrip(size, align_corners):
    grid = regular_grid(size, align_corners=align_corners, dtype="float64")
    y, x = np.mgrid[: size[0], : size[1]]
    pixels = to_pixels(grid, size, align_corners=align_corners)
    np.testing.assert_allclose(pixels, np.stack([x, y], -1), rtol=0, atol=1e-13)
    points = from_pixels(pixels, size, align_corners=align_corners)
    np.testing.assert_allclose(points, grid, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("align_corners", "expected"),
    [(True, [[0, 0], [4, 2], [1, 1.5]]), (False, [[-0.5, -0.5], [4.5, 2.5], [0.75, 1.75]])],
)
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_to_pixels_preset(align_corners, expected, runner, dtype):
    points = np.array([[-1, -1], [1, 1], [-0.5, 0.5]], dtype)
    found = runner(lambda grid: to_pixels(grid, (3, 5), align_corners=align_corners), points)
    np.testing.assert_array_equal(found, np.array(expected, dtype), strict=True)


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_axes_to_pixels_preset(align_corners, runner):
    """They are the x and the y of `to_pixels`."""
    points = np.random.default_rng(0).normal(size=(2, 3, 4, 2))
    x, y = runner(
        lambda x, y: axes_to_pixels(x, y, (3, 5), align_corners=align_corners),
        points[..., 0],
        points[..., 1],
    )
    expected = to_pixels(points, (3, 5), align_corners=align_corners)
    assert_close(np.stack([x, y], axis=-1), expected, "float64")


def test_half_span_preset():
    np.testing.assert_array_equal(half_span((3, 8)), [3.5, 1])
    np.testing.assert_array_equal(half_span((3, 8), align_corners=False), [4, 1.5])
    np.testing.assert_array_equal(half_span((1, 3)), [1, 0.5])
    np.testing.assert_array_equal(half_span((1, 1), align_corners=False), [0.5, 0.5])


@pytest.mark.parametrize("size", [(0, 3), (3, 0), (-1, 3)])
def test_regular_grid_rejects(size):
    with pytest.raises(ValueError, match="two whole numbers of at least 1, got") as caught:
        regular_grid(size)
    assert str(size) in str(caught.value)


@pytest.mark.parametrize("case", torch_cases())
def test_regular_grid_golden_torch(case):
    x, y = np.moveaxis(
        regular_grid(case.output_size, align_corners=case.align_corners, dtype="float64"), -1, 0
    )
    rows = case.theta.reshape(-1, 1, 1, 2, 3)
    points = np.stack([x, y, np.ones_like(x)], -1)[None, ..., None, :]  # (1, H', W', 1, 3)
    assert_close((rows * points).sum(-1), case.grid, "float64")
