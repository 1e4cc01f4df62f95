import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from stnctl.geometry import TRANSFORMS, warp
from stnctl.geometry.grid import half_span, regular_grid
from stnctl.geometry.transforms.flow import Flow
from tests.geometry.arrays import maps
from tests.geometry.runners import RUNNERS
from tests.geometry.tolerance import assert_close

CORNERS = pytest.mark.parametrize("align_corners", [True, False])


def test_parameters_preset():
    assert TRANSFORMS["flow"].num_params == 2 * 28 * 28


@CORNERS
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("size", [(5, 4), (1, 3), (1, 1), (28, 28)])
def test_grid_preset_own_size(runner, size, dtype, align_corners):
    """On maps of its own size each pixel is displaced by theta, to the bit."""
    theta = maps(2, 2 * size[0] * size[1], dtype=dtype)
    lattice = regular_grid(size, align_corners=align_corners, dtype=dtype)
    found = runner(lambda t: Flow(size).grid(t, size, align_corners=align_corners), theta)
    np.testing.assert_array_equal(found, lattice + theta.reshape(2, *size, 2), strict=True)


@CORNERS
@pytest.mark.parametrize("size", [(9, 6), (3, 2), (1, 1)])
def test_grid_golden_scipy_other_size(size, align_corners):
    """On maps of another size the displacements are interpolated, and constant beyond the edges."""
    theta = maps(1, 2 * 5 * 4)
    lattice = regular_grid(size, align_corners=align_corners, dtype="float64")
    half = half_span((5, 4), align_corners=align_corners)
    x, y = np.moveaxis(lattice * half + [1.5, 2], -1, 0)
    expected = [
        map_coordinates(channel, [y, x], order=1, mode="nearest")
        for channel in np.moveaxis(theta.reshape(5, 4, 2), -1, 0)
    ]
    found = Flow((5, 4)).grid(theta, size, align_corners=align_corners)
    assert_close(found[0], lattice + np.stack(expected, axis=-1), "float64")


def test_warp_preset():
    """Direction: a pixel that is displaced to the right shows its right neighbor."""
    U, theta = np.arange(12.0).reshape(1, 3, 4, 1), np.zeros((1, 3, 4, 2))
    theta[0, 1, 2, 0], theta[0, 0, 0, 1] = 2 / 3, 1.0  # one pixel each, in half sides
    V = warp(U, theta.reshape(1, -1), transform=Flow((3, 4)))
    expected = U.copy()
    expected[0, 1, 2], expected[0, 0, 0] = U[0, 1, 3], U[0, 1, 0]
    np.testing.assert_allclose(V, expected, rtol=0, atol=1e-14)


@CORNERS
def test_describe_preset(align_corners):
    theta = np.zeros(12)
    theta[:2] = 0.6, 0.8
    parts = Flow((2, 3)).describe(theta, (11, 11), align_corners=align_corners)
    half = 5 if align_corners else 5.5
    assert parts["mean_displacement"] == pytest.approx(half / 6)
    assert parts["largest_displacement"] == pytest.approx(half)
    assert parts["translation_y"] == pytest.approx(0.8 * half / 6)


@pytest.mark.parametrize("size", [(0, 3), (3, -1), (3,), (1, 2, 3)])
def test_size_rejects(size):
    with pytest.raises(
        ValueError, match="size must be two whole numbers of at least 1, got"
    ) as caught:
        Flow(size)
    assert str(size) in str(caught.value)
