"""Corners of a canvas that move, each by itself."""

import numpy as np

from stnctl.data.distortions.draws import Draws, normal
from stnctl.geometry.corners import back_to


def moved_corners(
    corners: np.ndarray, std: float, uniform: np.ndarray, draws: Draws
) -> tuple[np.ndarray, np.ndarray]:
    """Draw where the corners of the canvas go, and the homographies that bring them back.

    Corners that make no convex quadrilateral are drawn again: 0.7 % of them if they move by 5 of
    27 pixels, and a half at most.

    Args:
        corners: (4, 2), (x, y), in order round the canvas.
        std: Standard deviation of each x and y.
        uniform: (n, 8), in [0, 1).
        draws: Gives numbers anew.

    Returns:
        The offsets of the corners, (n, 4, 2), and matrices (n, 3, 3) from V to U, with h33 = 1.

    Raises:
        ValueError: If ``std`` is above half a side of the canvas, or a side is a single pixel.
    """
    most = min(np.ptp(corners, axis=0)) / 2
    if not most:
        raise ValueError("a canvas with a side of one pixel has no corners to move")
    if std > most:
        raise ValueError(
            f"corners that move by {std:g} pixels hardly leave a convex canvas: expected at "
            f"most half of its shorter side, {most:g}"
        )
    offsets = normal(uniform, std).reshape(-1, 4, 2)
    matrices, good = back_to(corners, corners + offsets)
    attempt = 0
    while len(bad := np.flatnonzero(~good)):
        attempt += 1
        offsets[bad] = normal(draws.again(bad, 8, attempt), std).reshape(-1, 4, 2)
        matrices[bad], good[bad] = back_to(corners, corners + offsets[bad])
    return offsets, matrices
