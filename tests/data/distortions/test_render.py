import numpy as np
import pytest

from stnctl.data.distortions.render import cut, gridder, paste, reader
from stnctl.geometry import TRANSFORMS
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms import ThinPlateSpline
from tests.geometry.transforms.families import random_thetas

AFFINE, PROJECTIVE = TRANSFORMS["affine"], TRANSFORMS["projective"]
IMAGES = np.arange(3 * 5 * 7 * 2).reshape(3, 5, 7, 2)


def test_gridder_is_the_grid_of_a_transform():
    theta = random_thetas(PROJECTIVE, batch=3)
    grid = gridder((PROJECTIVE,), (5, 7))(theta)
    np.testing.assert_array_equal(grid, PROJECTIVE.grid(theta, (5, 7)))


def test_gridder_asks_the_first_transform_first():
    """V is asked by the first, what it finds by the second."""
    first, second = np.array([[1.0, 0, 0.5, 0, 1, 0]]), np.array([[2.0, 0, 0, 0, 3, 0]])
    grid = gridder((AFFINE, AFFINE), (3, 3))(first, second)
    np.testing.assert_array_equal(grid[0, 0, 0], [(-1 + 0.5) * 2, -1 * 3])


def test_gridder_and_reader_are_made_once():
    """So that they are compiled but once, also for splines, which each epoch has anew."""
    one, same, other = (ThinPlateSpline(points) for points in ((3, 4), (3, 4), (4, 3)))
    assert gridder((one, AFFINE), (5, 7)) is gridder((same, AFFINE), (5, 7))
    assert gridder((one, AFFINE), (5, 7)) is not gridder((other, AFFINE), (5, 7))
    assert gridder((one, AFFINE), (5, 7)) is not gridder((one, AFFINE), (7, 5))
    assert reader((5, 7)) is reader((5, 7))


@pytest.mark.parametrize("margin", [1, 3, 5])
@pytest.mark.parametrize("canvas", [(5, 7), (4, 6), (2, 3)])
def test_gridder_keeps_the_canvas_in_the_middle_of_a_margin(canvas, margin):
    """There it is what it is without one, and it goes on at the same pace."""
    grid = gridder((AFFINE,), canvas, margin)(AFFINE.identity()[None])[0]
    height, width = canvas
    assert grid.shape == (height * margin, width * margin, 2)
    rows, columns = ((margin // 2 * side, (margin // 2 + 1) * side) for side in canvas)
    inside = grid[slice(*rows), slice(*columns)]
    np.testing.assert_allclose(inside, regular_grid(canvas), rtol=0, atol=1e-6)
    steps = np.diff(grid[..., 0], axis=1), np.diff(grid[..., 1], axis=0)
    np.testing.assert_allclose(steps[0], 2 / (width - 1), rtol=1e-6)
    np.testing.assert_allclose(steps[1], 2 / (height - 1), rtol=1e-6)


def test_reader_preset():
    """Pixels, halves between them, and 0 outside, to which the border blends."""
    U = np.array([[1.0, 2], [3, 4]], np.float32)[None, :, :, None]
    points = [[(-1, -1), (0, 0), (1, 0)], [(2, 1), (3, 1), (0, 9)]]
    V = reader((2, 2))(U, np.array([points], np.float32))
    np.testing.assert_allclose(V[0, ..., 0], [[1, 2.5, 3], [2, 0, 0]], rtol=0, atol=1e-6)


def test_cut_preset():
    """Crops of any image, in its dtype, all channels of it."""
    images = IMAGES.astype(np.uint8)
    source = np.array([[2, 0], [1, 1]])
    corners = np.array([[(0, 0), (2, 4)], [(3, 1), (0, 5)]])
    found = cut(images, source, corners, 2)
    assert found.shape == (2, 2, 2, 2, 2)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[0, 0], images[2, 0:2, 0:2])
    np.testing.assert_array_equal(found[0, 1], images[0, 2:4, 4:6])
    np.testing.assert_array_equal(found[1, 0], images[1, 3:5, 1:3])
    np.testing.assert_array_equal(found[1, 1], images[1, 0:2, 5:7])


def test_paste_preset():
    """Crops that lie on each other are added, and clipped to 1; V itself stays as it is."""
    V = np.full((2, 4, 5, 1), 0.25, np.float32)
    crops = np.full((2, 2, 2, 2, 1), 0.5, np.float32)
    corners = np.array([[(0, 0), (1, 1)], [(2, 3), (0, 0)]])
    found = paste(V, crops, corners)
    np.testing.assert_array_equal(
        found[0, ..., 0],
        [
            [0.75, 0.75, 0.25, 0.25, 0.25],
            [0.75, 1.0, 0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75, 0.25, 0.25],
            [0.25, 0.25, 0.25, 0.25, 0.25],
        ],
    )
    np.testing.assert_array_equal(found[1, 2:, 3:], np.full((2, 2, 1), 0.75))
    np.testing.assert_array_equal(V, np.full_like(V, 0.25))
