"""Regular grids of target points, and conversion from the normalized to the pixel frame.

Only this module defines the positions of -1 and 1 for ``align_corners``.

Convention:
    Points are (x, y), x to the right, y down; sizes are (height, width).
    Normalized: the image spans [-1, 1]. With ``align_corners=True`` (usual at the time of the
    paper), -1 and 1 are the centers of the corner pixels; with False (default of PyTorch since
    1.3), their outer edges. On an axis of one pixel, they are always its outer edges: if both were
    its center, no point of the axis would be outside the map.
    Pixel: (0, 0) is the center of the top left pixel, (W - 1, H - 1) of the bottom right one.
"""

import numpy as np

from stnctl.geometry.argument_checks import whole_pair
from stnctl.geometry.namespace import Array, array_namespace


def regular_grid(
    output_size: tuple[int, int], *, align_corners: bool = True, dtype: str = "float32"
) -> np.ndarray:
    """Return the regular grid G of target points (paper, section 3.2).

    On an axis of one pixel, the point is at the center, 0.

    Args:
        output_size: (H', W'), at least (1, 1).
        align_corners: Whether -1 and 1 are the centers (True) or the outer edges (False) of the
            corner pixels.
        dtype: dtype of the result.

    Returns:
        Array of shape (H', W', 2): normalized (x, y) of each pixel of V.

    Raises:
        ValueError: If the size is not two whole numbers of at least 1.
    """
    height, width = whole_pair("output_size", output_size, 1)
    x, y = (_axis(size, align_corners) for size in (width, height))
    return np.stack(np.meshgrid(x, y), axis=-1).astype(dtype)  # (H', W', 2)


def to_pixels(grid: Array, input_size: tuple[int, int], *, align_corners: bool = True) -> Array:
    """Convert normalized points to the pixel frame of a map.

    Args:
        grid: (..., 2), normalized (x, y).
        input_size: (H, W) of the map.
        align_corners: As in `regular_grid`.

    Returns:
        Array of shape (..., 2): pixel (x, y), in the dtype of ``grid``.
    """
    x, y = grid[..., 0], grid[..., 1]
    axes = axes_to_pixels(x, y, input_size, align_corners=align_corners)
    return array_namespace(grid).stack(axes, axis=-1)


def axes_to_pixels(
    x: Array, y: Array, input_size: tuple[int, int], *, align_corners: bool = True
) -> tuple[Array, Array]:
    """Convert normalized x and y, (...) each, to x and y in the pixel frame of a map, (...) each.

    Other arguments as in `to_pixels`: input_size (H, W).
    """
    height, width = input_size
    half_x, half_y = map(float, half_span(input_size, align_corners=align_corners))
    return x * half_x + (width - 1) / 2, y * half_y + (height - 1) / 2


def from_pixels(points: Array, size: tuple[int, int], *, align_corners: bool = True) -> Array:
    """Convert points in the pixel frame of a map to normalized points: the inverse of `to_pixels`.

    Args:
        points: (..., 2), pixel (x, y).
        size: (H, W) of the map.
        align_corners: As in `regular_grid`.

    Returns:
        Array of shape (..., 2): normalized (x, y).
    """
    height, width = size
    half_x, half_y = map(float, half_span(size, align_corners=align_corners))
    x, y = (points[..., 0] - (width - 1) / 2) / half_x, (points[..., 1] - (height - 1) / 2) / half_y
    return array_namespace(points).stack([x, y], axis=-1)


def half_span(size: tuple[int, int], *, align_corners: bool = True) -> np.ndarray:
    """Return the distance from the center to normalized 1, (2,), (x, y), in pixels of a map (H, W).

    It is half of the side, or half a pixel less with ``align_corners``; but at least half a pixel,
    because an axis of one pixel has no two corner pixels.
    """
    height, width = size
    return np.maximum((np.array([width, height]) - align_corners) / 2, 0.5)


def _axis(size: int, align_corners: bool) -> np.ndarray:
    centered = np.arange(size) - (size - 1) / 2  # pixels from the center, exact in float64
    span = size - 1 if align_corners else size
    return centered * 2 / max(span, 1)
