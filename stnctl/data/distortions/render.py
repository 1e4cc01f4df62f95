"""The image of a distortion: one grid, one sampling, and crops of other images on top."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from stnctl.geometry import Transform, make_sampler
from stnctl.geometry.grid import regular_grid

Size = tuple[int, int]


@cache
def gridder(transforms: tuple[Transform, ...], canvas: Size, margin: int = 1) -> Callable[..., Any]:
    """Return the function from thetas to grids; the same one for the same arguments.

    It takes a theta (B, num_params), float32, for each transform, and returns the points of U,
    (B, height, width, 2), normalized.

    Args:
        transforms: What takes the points of V to those of U, one after another.
        canvas: (height, width) of V.
        margin: How many times larger than the canvas V is made, all round it; odd.
    """
    lattice = _lattice(canvas, margin)

    def grids(*thetas: Any) -> Any:
        grid = lattice
        for transform, theta in zip(transforms, thetas, strict=True):
            grid = transform.apply(theta, grid)
        return grid

    return grids


@cache
def reader(image_size: Size) -> Callable[..., Any]:
    """Return the function from U (B, h, w, C) and grids (B, height, width, 2) to V.

    What lies outside U is 0, the background. It is the same function for the same size.

    Args:
        image_size: (h, w) of U.
    """
    return make_sampler(image_size).read


def paste(V: np.ndarray, crops: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return V with crops added, clipped to 1.

    Args:
        V: (B, height, width, C), float32 in [0, 1].
        crops: (B, count, size, size, C), float32 in [0, 1].
        corners: Where their top left corners go, (y, x), (B, count, 2).
    """
    filled = V.copy()
    image = np.arange(len(V))[:, None, None]
    along = np.arange(crops.shape[2])
    for k in range(crops.shape[1]):
        y, x = (corners[:, k, axis, None] + along for axis in (0, 1))
        filled[image, y[:, :, None], x[:, None, :]] += crops[:, k]
    return np.minimum(filled, 1, out=filled)


def cut(images: np.ndarray, source: np.ndarray, corners: np.ndarray, size: int) -> np.ndarray:
    """Return crops of images, (B, count, size, size, C), in their dtype.

    Args:
        images: (N, h, w, C).
        source: Which ones, (B, count).
        corners: Top left corners, (y, x), (B, count, 2).
        size: Side of a crop.
    """
    y, x = (corners[..., axis, None] + np.arange(size) for axis in (0, 1))
    return images[source[..., None, None], y[..., :, None], x[..., None, :]]


def _lattice(canvas: Size, margin: int) -> np.ndarray:
    """Return the points of V, (height, width, 2), float64, beyond -1 and 1 in the margin."""
    height, width = canvas
    points = regular_grid((height * margin, width * margin), dtype="float64")
    if margin == 1:
        return points
    wider = [max(width * margin - 1, 1), max(height * margin - 1, 1)]
    return points * wider / np.maximum([width - 1, height - 1], 1)
