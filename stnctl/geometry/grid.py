"""Target lattices, and the conversion from the normalized to the pixel frame.

This module alone interprets ``align_corners``.

Convention:
    Points are (x, y), x to the right, y down; sizes are (height, width).
    Normalized: the image spans [-1, 1]. With ``align_corners=True`` (as in the paper's time)
    -1 and 1 are the centers of the corner pixels, else their outer edges (PyTorch since 1.3).
    Pixel: (0, 0) is the center of the top left pixel, (W - 1, H - 1) of the bottom right one.
"""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace


def regular_grid(
    output_size: tuple[int, int], *, align_corners: bool = True, dtype: str = "float32"
) -> np.ndarray:
    """Return the regular grid G of target points (paper, section 3.2).

    An axis of one pixel has its point in the center, 0.

    Args:
        output_size: (H', W'), at least (1, 1).
        align_corners: The position of -1 and 1, see the module.
        dtype: dtype of the result.

    Returns:
        Array of shape (H', W', 2): normalized (x, y) of each pixel of V.

    Raises:
        ValueError: If a size is below 1.
    """
    height, width = output_size
    if height < 1 or width < 1:
        raise ValueError(f"output_size must be at least (1, 1), got {tuple(output_size)}")
    x, y = (_axis(size, align_corners) for size in (width, height))
    return np.stack(np.meshgrid(x, y), axis=-1).astype(dtype)  # (H', W', 2)


def to_pixels(grid: Array, input_size: tuple[int, int], *, align_corners: bool = True) -> Array:
    """Return normalized points in the pixel frame of a map.

    Args:
        grid: (..., 2), normalized (x, y).
        input_size: (H, W) of the map.
        align_corners: The position of -1 and 1, see the module.

    Returns:
        Array of shape (..., 2): pixel (x, y), in the dtype of ``grid``.
    """
    axes = axes_to_pixels(grid, input_size, align_corners=align_corners)
    return array_namespace(grid).stack(axes, axis=-1)


def axes_to_pixels(
    grid: Array, input_size: tuple[int, int], *, align_corners: bool = True
) -> tuple[Array, Array]:
    """Return the x and the y of normalized points in the pixel frame, (...) each.

    Arguments as in `to_pixels`: grid (..., 2), input_size (H, W).
    """
    height, width = input_size
    half_x, half_y = map(float, half_span(input_size, align_corners=align_corners))
    return grid[..., 0] * half_x + (width - 1) / 2, grid[..., 1] * half_y + (height - 1) / 2


def half_span(size: tuple[int, int], *, align_corners: bool = True) -> np.ndarray:
    """Return the pixels from the center to normalized 1, (2,) as (x, y), of a map (H, W)."""
    height, width = size
    return (np.array([width, height]) - align_corners) / 2


def _axis(size: int, align_corners: bool) -> np.ndarray:
    centered = np.arange(size) - (size - 1) / 2  # pixels from the center, exact in float64
    span = size - 1 if align_corners else size
    return centered * 2 / max(span, 1)
