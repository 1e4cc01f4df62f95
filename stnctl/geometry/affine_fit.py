"""Affine map nearest to a sampling grid. On NumPy, in float64."""

import numpy as np

from stnctl.geometry.frames import Size
from stnctl.geometry.grid import half_span, regular_grid


def fit_affine(grid: np.ndarray, input_size: Size, *, align_corners: bool) -> np.ndarray:
    """Return the affine maps (N, 3, 3) nearest to grids, from pixels of V to pixels of U.

    Both are measured from the center. The fit minimizes the sum of squared distances.

    Args:
        grid: (N, H', W', 2), normalized source points (x, y).
        input_size: (H, W) of U.
        align_corners: As in `stnctl.geometry.grid`.
    """
    count, rows, columns, _ = grid.shape
    target = regular_grid((rows, columns), dtype="float64") * half_span((rows, columns))
    source = np.asarray(grid, "float64") * half_span(input_size, align_corners=align_corners)
    points = np.column_stack([target.reshape(-1, 2), np.ones(rows * columns)])
    fit = np.linalg.pinv(points) @ source.reshape(count, -1, 2)
    last = np.broadcast_to([[[0.0, 0.0, 1.0]]], (count, 1, 3))
    return np.concatenate([np.swapaxes(fit, 1, 2), last], axis=1)
