"""Rendering of distorted images: one grid, one sampling, then crops of other images as clutter."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from stnctl.geometry.frames import Size
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.sampler import make_sampler
from stnctl.geometry.transforms.transform import Transform


@cache
def renderer(
    transforms: tuple[Transform, ...], image_size: Size, canvas: Size, margin: int = 1
) -> Callable[..., Any]:
    """Return a function that renders V from U and thetas.

    Its arguments are U (B, h, w, C), float32, and for each transform theta (B, num_params),
    float32. Its result is V (B, 1, height * width, C): all pixels are in one row, which compiles to
    faster code. Pixels outside U are 0, the background. The same arguments of `renderer` give the
    same function, so that it is compiled only once.

    Args:
        transforms: The transforms that map points of V to points of U, in the order of their use.
        image_size: (h, w) of U.
        canvas: (height, width) of the canvas.
        margin: Ratio of the sides of V to those of the canvas, an odd integer. The canvas is in the
            center of V.
    """
    points = _canvas_points(canvas, margin).reshape(1, -1, 2)
    sampler = make_sampler(image_size)

    def render(U: Any, *thetas: Any) -> Any:
        grid = points
        for transform, theta in zip(transforms, thetas, strict=True):
            grid = transform.apply(theta, grid)
        return sampler.read(U, grid)

    return render


def extract_crops(
    images: np.ndarray, image_indices: np.ndarray, corners: np.ndarray, size: int
) -> np.ndarray:
    """Return square crops of images, (B, count, size, size, C), in their dtype.

    Args:
        images: (N, h, w, C).
        image_indices: Index of the cropped image, for each crop, (B, count).
        corners: Top left corner (y, x) of each crop in its image, (B, count, 2).
        size: Side of a crop, in pixels.
    """
    y, x = (corners[..., axis, None] + np.arange(size) for axis in (0, 1))
    crops: np.ndarray = images[image_indices[..., None, None], y[..., :, None], x[..., None, :]]
    return crops


def add_crops(V: np.ndarray, crops: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Add crops to V one after another, with sums clipped to 1, and return the result.

    Args:
        V: (B, height, width, C), float32 in [0, 1].
        crops: (B, count, size, size, C), float32 in [0, 1].
        corners: Top left corner (y, x) of each crop in V, (B, count, 2).
    """
    count, (batch, height, width, channels) = crops.shape[1], V.shape
    pixels = V.reshape(-1, channels).copy()
    row = np.arange(batch)[:, None] * height + corners[..., 0]
    first = row * width + corners[..., 1]  # (B, count)
    side = np.arange(crops.shape[2])
    offsets = (side[:, None] * width + side).reshape(-1)
    for k in range(count):
        covered = first[:, k, None] + offsets
        crop = crops[:, k].reshape(batch, -1, channels)
        pixels[covered] = np.minimum(pixels[covered] + crop, 1)
    return pixels.reshape(V.shape)


def _canvas_points(canvas: Size, margin: int) -> np.ndarray:
    """Return the points of V, (margin * height, margin * width, 2), float64, normalized.

    Points in the margin around the canvas are beyond -1 and 1.
    """
    height, width = canvas
    points = regular_grid((height * margin, width * margin), dtype="float64")
    if margin == 1:
        return points
    scale = [max(width * margin - 1, 1), max(height * margin - 1, 1)]
    return points * scale / np.maximum([width - 1, height - 1], 1)
