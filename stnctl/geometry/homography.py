"""Homographies from the moved corners of a rectangle. On NumPy, in float64."""

import numpy as np

LEAST_CORNER = 0.05
"""Smallest area of the parallelogram at a moved corner, as a share of the canvas's area.

Below this limit, the corners form no convex quadrilateral, or almost none, and no homography maps
to them. The same limit holds for the denominator at the center, as a share of the largest one at a
moved corner.
"""


def homographies_to_rectangle(
    corners: np.ndarray, moved: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the homographies from moved corners to the corners of a rectangle, and their validity.

    Args:
        corners: (4, 2), (x, y), in order around a rectangle with its center at (0, 0).
        moved: (n, 4, 2), the moved corners, in the same order.

    Returns:
        Matrices (n, 3, 3) with h33 = 1, and their validity, (n,), bool. A matrix is valid if the
        moved corners are convex and the center of the rectangle is in front of the horizon. An
        invalid matrix has no meaning.

    Source: Heckbert: Fundamentals of texture mapping and image warping (1989), section 2.2.3.
    """
    least = LEAST_CORNER * _corner_area(corners[None], 0)
    convex = np.min([_corner_area(moved, k) for k in range(4)], axis=0) >= least
    safe = np.where(convex[:, None, None], moved, corners)
    from_moved = np.linalg.inv(_from_square(safe))
    matrices = _from_square(corners[None]) @ from_moved
    last = matrices[:, 2, 2]  # where the denominators at the moved corners are above 0
    front = last > LEAST_CORNER * _weights(matrices, safe).max(axis=1)
    return matrices / np.where(front, last, 1.0)[:, None, None], convex & front


def _corner_area(quad: np.ndarray, k: int) -> np.ndarray:
    """Return the parallelogram's area at corner k of quads (n, 4, 2), (n,); positive if convex."""
    before, here, after = (quad[:, (k + step) % 4] for step in (-1, 0, 1))
    (ax, ay), (bx, by) = (after - here).T, (before - here).T
    return np.asarray(ax * by - ay * bx)


def _weights(matrices: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the denominators, (n, m), of matrices (n, 3, 3) at points (n, m, 2)."""
    return np.asarray((points @ matrices[:, 2, :2, None])[..., 0] + matrices[:, 2, 2:])


def _from_square(quad: np.ndarray) -> np.ndarray:
    """Return the matrices (n, 3, 3) from the unit square's corners to those of quads (n, 4, 2)."""
    p0, p1, p2, p3 = (quad[:, k] for k in range(4))
    ends = np.stack([p1 - p2, p3 - p2], axis=-1)  # (n, 2, 2)
    gh = np.linalg.solve(ends, (p0 - p1 + p2 - p3)[..., None])[..., 0]
    across = p1 - p0 + gh[:, :1] * p1
    down = p3 - p0 + gh[:, 1:] * p3
    top = np.stack([across, down, p0], axis=-1)  # (n, 2, 3)
    bottom = np.column_stack([gh, np.ones(len(quad))])[:, None]
    return np.concatenate([top, bottom], axis=1)
