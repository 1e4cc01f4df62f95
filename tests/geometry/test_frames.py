import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry.frames import (
    centers_to_normalized,
    from_centers,
    to_normalized_frame,
    to_pixel_frame,
)
from stnctl.geometry.grid import half_span, regular_grid, to_pixels
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import MATRICES, mapped, random_thetas

SIZES = st.tuples(st.integers(1, 30), st.integers(1, 30))
LONG_SIZES = st.tuples(st.integers(2, 30), st.integers(2, 30))
MATRIX = st.tuples(*[st.floats(-2, 2)] * 8).map(lambda h: np.reshape([*h, 1.0], (3, 3)))
CORNERS = pytest.mark.parametrize("align_corners", [True, False])


@given(matrix=MATRIX, input_size=SIZES, output_size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_to_normalized_frame_roundtrip(matrix, input_size, output_size, align_corners):
    """The frames are inverse to each other, also for axes of one pixel."""
    there = to_pixel_frame(matrix, input_size, output_size, align_corners=align_corners)
    back = to_normalized_frame(there, input_size, output_size, align_corners=align_corners)
    np.testing.assert_allclose(back, matrix, rtol=0, atol=1e-11)


@pytest.mark.parametrize("family", MATRICES.values(), ids=MATRICES)
@given(input_size=LONG_SIZES, output_size=LONG_SIZES, align_corners=st.booleans())
@settings(deadline=None, max_examples=10)
def test_to_pixel_frame_random(family, input_size, output_size, align_corners):
    """It maps each pixel of V to the same pixel of U as the grid and `to_pixels`."""
    theta = random_thetas(family, batch=1)
    matrix = to_pixel_frame(
        family.matrix(theta)[0], input_size, output_size, align_corners=align_corners
    )
    rows, columns = np.indices(output_size).astype(float)
    grid = family.grid(theta, output_size, align_corners=align_corners)[0]
    expected = to_pixels(grid, input_size, align_corners=align_corners)
    found = mapped(matrix, np.stack([columns, rows], axis=-1))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-9)


@CORNERS
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (4, 1)])
def test_to_pixel_frame_identity_one_pixel(size, align_corners):
    """The identity keeps an axis of one pixel, and (0, 0) stays its center."""
    found = to_pixel_frame(np.eye(3), size, size, align_corners=align_corners)
    np.testing.assert_allclose(found, np.eye(3), rtol=0, atol=1e-15)
    centered = to_pixel_frame(np.eye(3), size, (7, 7), align_corners=align_corners)
    center = mapped(centered, np.array([3.0, 3.0]))
    np.testing.assert_allclose(center, [(size[1] - 1) / 2, (size[0] - 1) / 2], rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("align_corners", "expected"),
    [
        (True, [[2, 0, 0], [0, 4, 0], [0, 0, 1]]),
        (False, [[5 / 3, 0, 1 / 3], [0, 3, 1], [0, 0, 1]]),
    ],
)
def test_to_pixel_frame_preset_resizes(align_corners, expected):
    """The identity from 3 x 3 pixels of V to 9 x 5 of U: corners on corners, or edges on edges."""
    found = to_pixel_frame(np.eye(3), (9, 5), (3, 3), align_corners=align_corners)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_to_normalized_frame_preset():
    """One pixel to the right, on 5 rows and 9 columns."""
    shift = np.array([[1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    found = to_normalized_frame(shift, (5, 9), (5, 9))
    np.testing.assert_allclose(found, [[1, 0, 0.25], [0, 1, 0], [0, 0, 1]], rtol=0, atol=1e-15)


@CORNERS
@given(matrix=MATRIX, input_size=LONG_SIZES, output_size=LONG_SIZES)
@settings(deadline=None, max_examples=30)
def test_from_centers_random(align_corners, matrix, input_size, output_size):
    """It moves pixel points, measured from the center, as the matrix moves normalized ones."""
    found = from_centers(matrix, input_size, output_size, align_corners=align_corners)
    source, target = (
        half_span(size, align_corners=align_corners) for size in (input_size, output_size)
    )
    points = regular_grid((2, 3), dtype="float64")
    ahead = np.concatenate([points, np.ones((2, 3, 1))], axis=-1) @ matrix[2] > 0.1
    expected = mapped(matrix, points[ahead]) * source
    assert_close(mapped(found, points[ahead] * target), expected, "float64")


@given(matrix=MATRIX, input_size=SIZES, output_size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_centers_to_normalized_roundtrip(matrix, input_size, output_size, align_corners):
    there = from_centers(matrix, input_size, output_size, align_corners=align_corners)
    back = centers_to_normalized(there, input_size, output_size, align_corners=align_corners)
    np.testing.assert_allclose(back, matrix, rtol=1e-14, atol=1e-300)


def test_centers_to_normalized_preset():
    """One pixel to the right, on 5 rows and 9 columns; a rotation by 90° is not one there."""
    shift = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]])
    found = centers_to_normalized(shift, (5, 9), (5, 9))
    np.testing.assert_array_equal(found, [[0, -0.5, 0.25], [2, 0, 0], [0, 0, 1]])


def test_from_centers_identity():
    np.testing.assert_array_equal(from_centers(np.eye(3), (7, 3), (7, 3)), np.eye(3))
    np.testing.assert_array_equal(from_centers(np.eye(3), (1, 1), (1, 1)), np.eye(3))


def test_from_centers_preset_not_finite():
    """An infinite shift along x leaves the other entries unchanged."""
    matrix = np.array([[1.0, 0, np.inf], [0, 1, 0.5], [0, 0, 1]])
    expected = [[1, 0, np.inf], [0, 1, 2], [0, 0, 1]]
    np.testing.assert_array_equal(from_centers(matrix, (9, 5), (9, 5)), expected)
