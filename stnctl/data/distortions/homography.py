"""Homographies from corners that were moved."""

import numpy as np

from stnctl.data.distortions.draws import Draws, normal

LEAST_CORNER = 0.05
"""The least area of the parallelogram at a moved corner, as a share of the canvas's.

Less, and the corners make no convex quadrilateral, or nearly so: no homography shows that.
"""

MAX_ATTEMPTS = 100


def moved_corners(
    corners: np.ndarray, std: float, uniform: np.ndarray, draws: Draws
) -> tuple[np.ndarray, np.ndarray]:
    """Draw where the corners of the canvas go, and the homographies that bring them back.

    Corners that make no convex quadrilateral are drawn again.

    Args:
        corners: (4, 2), (x, y), in order round the canvas.
        std: Standard deviation of each x and y.
        uniform: (n, 8), in [0, 1).
        draws: Gives numbers anew.

    Returns:
        The offsets of the corners, (n, 4, 2), and matrices (n, 3, 3) from V to U, with h33 = 1.

    Raises:
        ValueError: If `MAX_ATTEMPTS` are not enough, or the canvas has no area.
    """
    if not np.ptp(corners, axis=0).all():
        raise ValueError("a canvas with a side of one pixel has no corners to move")
    offsets = normal(uniform, std).reshape(-1, 4, 2)
    matrices, good = back_to(corners, corners + offsets)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        bad = np.flatnonzero(~good)
        if not len(bad):
            return offsets, matrices
        offsets[bad] = normal(draws.again(bad, 8, attempt), std).reshape(-1, 4, 2)
        matrices[bad], good[bad] = back_to(corners, corners + offsets[bad])
    raise ValueError(f"corners that move by {std:g} pixels hardly ever leave a convex canvas")


def back_to(corners: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the homographies from moved corners to where they were, and whether they will do.

    Args:
        corners: (4, 2), (x, y), in order round a rectangle.
        moved: (n, 4, 2).

    Returns:
        Matrices (n, 3, 3) with h33 = 1, and (n,): whether the moved corners are convex, with the
        center of the canvas before the horizon. Where not, the matrix has no meaning.

    Source: Heckbert: Fundamentals of texture mapping and image warping (1989), section 2.2.3.
    """
    least = LEAST_CORNER * _turn(corners[None], 0)
    convex = np.min([_turn(moved, k) for k in range(4)], axis=0) >= least
    safe = np.where(convex[:, None, None], moved, corners)
    from_moved = np.linalg.inv(_from_square(safe))
    matrices = _from_square(corners[None]) @ from_moved
    last = matrices[:, 2, 2]  # where the denominators at the moved corners are above 0
    front = last > LEAST_CORNER * _weights(matrices, safe).max(axis=1)
    return matrices / np.where(front, last, 1.0)[:, None, None], convex & front


def _turn(quad: np.ndarray, k: int) -> np.ndarray:
    """Return the area of the parallelogram at corner k of quads (n, 4, 2), positive if convex."""
    before, here, after = (quad[:, (k + step) % 4] for step in (-1, 0, 1))
    (ax, ay), (bx, by) = (after - here).T, (before - here).T
    return ax * by - ay * bx


def _weights(matrices: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the denominators at points (n, m, 2), (n, m)."""
    return (points @ matrices[:, 2, :2, None])[..., 0] + matrices[:, 2, 2:]


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
