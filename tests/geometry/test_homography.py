import numpy as np
import pytest

from stnctl.geometry.homography import homographies_to_rectangle

CORNERS = np.array([(-13.5, -13.5), (13.5, -13.5), (13.5, 13.5), (-13.5, 13.5)])


def mapped(matrix, points):
    """Return points (n, 2), mapped by a matrix, and their denominators (n,)."""
    x, y, w = matrix @ np.column_stack([points, np.ones(len(points))]).T
    return np.stack([x, y], axis=-1) / w[:, None], w


@pytest.mark.parametrize(
    ("moved", "good"),
    [
        (CORNERS, True),
        (CORNERS * 0.5 + 3, True),
        (CORNERS[[1, 0, 3, 2]], False),  # from behind
        (CORNERS[[0, 2, 1, 3]], False),  # crossed
        (CORNERS[[1, 2, 3, 0]], True),  # rotated
        (np.array([(-9, -9), (9, -9), (9, 9), (1, -1)]), False),  # a dent
        (np.array([(-9, -9), (9, -9), (9, 9), (0, 0)]), False),  # a triangle
        (np.array([(5, 5), (5, 5), (5, 5), (5, 5)]), False),  # a point
    ],
)
def test_homographies_to_rectangle_preset(moved, good):
    matrix, found = homographies_to_rectangle(CORNERS, moved[None].astype(float))
    assert found.tolist() == [good]
    if good:
        np.testing.assert_allclose(mapped(matrix[0], moved)[0], CORNERS, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("shift", "good"), [(0, False), (-2, False), (-4, True)])
def test_homographies_to_rectangle_center_behind_horizon(shift, good):
    """The quadrilateral is convex; above and below, its sides meet 2 left of it, at x = 3."""
    moved = np.add([(5, -2), (15, -12), (15, 12), (5, 2)], (shift, 0.0))
    assert homographies_to_rectangle(CORNERS, moved[None])[1].tolist() == [good]
