import numpy as np
import pytest

from stnctl.data.distortions.render import add_crops, extract_crops, renderer
from stnctl.geometry import TRANSFORMS, warp
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from tests.geometry.transforms.families import random_thetas

AFFINE, PROJECTIVE = TRANSFORMS["affine"], TRANSFORMS["projective"]
IMAGES = np.arange(3 * 5 * 7 * 2).reshape(3, 5, 7, 2)


def test_renderer_equals_warp():
    theta = random_thetas(PROJECTIVE, batch=3)
    U = np.random.default_rng(0).random((3, 5, 7, 2))
    V = renderer((PROJECTIVE,), (5, 7), (4, 6))(U, theta)
    expected = warp(U, theta, transform=PROJECTIVE, output_size=(4, 6))
    np.testing.assert_array_equal(V.reshape(3, 4, 6, 2), expected)


def test_renderer_applies_the_first_transform_first():
    """The first maps points of V, the second its results."""
    first, second = np.array([[0.5, 0, 0.25, 0, 1, 0]]), np.array([[2.0, 0, 0, 0, 0.5, 0]])
    U = np.random.default_rng(0).random((1, 5, 7, 1))
    V = renderer((AFFINE, AFFINE), (5, 7), (5, 7))(U, first, second)
    both = np.array([[1.0, 0, 0.5, 0, 0.5, 0]])
    np.testing.assert_allclose(V.reshape(U.shape), warp(U, both), rtol=0, atol=1e-12)


def test_renderer_is_cached():
    """So that it is compiled only once, also for the new spline objects of each epoch."""
    one, same, other = (ThinPlateSpline(points) for points in ((3, 4), (3, 4), (4, 3)))
    found = renderer((one, AFFINE), (5, 7), (8, 9))
    assert found is renderer((same, AFFINE), (5, 7), (8, 9))
    assert found is not renderer((other, AFFINE), (5, 7), (8, 9))
    assert found is not renderer((one, AFFINE), (7, 5), (8, 9))
    assert found is not renderer((one, AFFINE), (5, 7), (9, 8))


@pytest.mark.parametrize("margin", [1, 3, 5])
@pytest.mark.parametrize("canvas", [(5, 7), (4, 6), (2, 3)])
def test_renderer_keeps_the_canvas_in_the_center_of_a_margin(canvas, margin):
    """The center equals the image without a margin; the margin has the same spacing, here of 0."""
    height, width = canvas
    U = 1 + np.random.default_rng(0).random((1, height, width, 1))
    V = renderer((AFFINE,), canvas, canvas, margin)(U, AFFINE.identity()[None])
    rims = [(margin // 2 * side, margin // 2 * side) for side in canvas]
    expected = np.pad(U, [(0, 0), *rims, (0, 0)])
    np.testing.assert_allclose(V.reshape(expected.shape), expected, rtol=0, atol=1e-12)


def test_extract_crops_preset():
    """Crops of any image, in its dtype, with all channels."""
    images = IMAGES.astype(np.uint8)
    indices = np.array([[2, 0], [1, 1]])
    corners = np.array([[(0, 0), (2, 4)], [(3, 1), (0, 5)]])
    found = extract_crops(images, indices, corners, 2)
    assert found.shape == (2, 2, 2, 2, 2)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[0, 0], images[2, 0:2, 0:2])
    np.testing.assert_array_equal(found[0, 1], images[0, 2:4, 4:6])
    np.testing.assert_array_equal(found[1, 0], images[1, 3:5, 1:3])
    np.testing.assert_array_equal(found[1, 1], images[1, 0:2, 5:7])


def test_add_crops_preset():
    """Overlapping crops are added, and clipped to 1; V itself does not change."""
    V = np.full((2, 4, 5, 1), 0.25, np.float32)
    crops = np.full((2, 2, 2, 2, 1), 0.5, np.float32)
    corners = np.array([[(0, 0), (1, 1)], [(2, 3), (0, 0)]])
    found = add_crops(V, crops, corners)
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
