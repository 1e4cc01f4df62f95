import numpy as np
import pytest

from stnctl.data.distortions.render import cut, paste, renderer
from stnctl.geometry import TRANSFORMS, warp
from stnctl.geometry.transforms import ThinPlateSpline
from tests.geometry.transforms.families import random_thetas

AFFINE, PROJECTIVE = TRANSFORMS["affine"], TRANSFORMS["projective"]
IMAGES = np.arange(3 * 5 * 7 * 2).reshape(3, 5, 7, 2)


def test_renderer_is_the_warp_of_a_transform():
    theta = random_thetas(PROJECTIVE, batch=3)
    U = np.random.default_rng(0).random((3, 5, 7, 2))
    V = renderer((PROJECTIVE,), (5, 7), (4, 6))(U, theta)
    expected = warp(U, theta, transform=PROJECTIVE, output_size=(4, 6))
    np.testing.assert_array_equal(V.reshape(3, 4, 6, 2), expected)


def test_renderer_asks_the_first_transform_first():
    """V is asked by the first, what it finds by the second."""
    first, second = np.array([[0.5, 0, 0.25, 0, 1, 0]]), np.array([[2.0, 0, 0, 0, 0.5, 0]])
    U = np.random.default_rng(0).random((1, 5, 7, 1))
    V = renderer((AFFINE, AFFINE), (5, 7), (5, 7))(U, first, second)
    both = np.array([[1.0, 0, 0.5, 0, 0.5, 0]])
    np.testing.assert_allclose(V.reshape(U.shape), warp(U, both), rtol=0, atol=1e-12)


def test_renderer_is_made_once():
    """So that it is compiled but once, also for splines, which each epoch has anew."""
    one, same, other = (ThinPlateSpline(points) for points in ((3, 4), (3, 4), (4, 3)))
    made = renderer((one, AFFINE), (5, 7), (8, 9))
    assert made is renderer((same, AFFINE), (5, 7), (8, 9))
    assert made is not renderer((other, AFFINE), (5, 7), (8, 9))
    assert made is not renderer((one, AFFINE), (7, 5), (8, 9))
    assert made is not renderer((one, AFFINE), (5, 7), (9, 8))


@pytest.mark.parametrize("margin", [1, 3, 5])
@pytest.mark.parametrize("canvas", [(5, 7), (4, 6), (2, 3)])
def test_renderer_keeps_the_canvas_in_the_middle_of_a_margin(canvas, margin):
    """There it is what it is without one, and it goes on at the same pace, here into nothing."""
    height, width = canvas
    U = 1 + np.random.default_rng(0).random((1, height, width, 1))
    V = renderer((AFFINE,), canvas, canvas, margin)(U, AFFINE.identity()[None])
    rims = [(margin // 2 * side, margin // 2 * side) for side in canvas]
    expected = np.pad(U, [(0, 0), *rims, (0, 0)])
    np.testing.assert_allclose(V.reshape(expected.shape), expected, rtol=0, atol=1e-12)


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
