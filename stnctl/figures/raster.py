"""Conversion of maps to 8-bit Pillow images: colors, size, and background of transparent pixels."""

import numpy as np
from PIL import Image

FIRST, SECOND = (255, 159, 28), (46, 196, 182)
"""RGB colors of the two channels of a map: orange and teal. Their sum is nearly white."""

CHECKER_LIGHT, CHECKER_DARK = 255, 204
"""Grays of the checkerboard behind transparent pixels."""


def to_gray_or_rgb(image: np.ndarray) -> np.ndarray:
    """Return a map of any number of channels in gray, (H, W, 1), or RGB, (H, W, 3).

    One channel is gray, two are the sum of the colors `FIRST` and `SECOND`, three are RGB, and six
    are the sum of two RGB maps. With any other number, the result is the gray mean of the channels.

    Args:
        image: (H, W, C), floats in [0, 1].
    """
    channels = image.shape[-1]
    if channels in (1, 3):
        return image
    mixed: np.ndarray
    if channels == 2:
        mixed = np.minimum(image @ (np.array([FIRST, SECOND]) / 255), 1)
    elif channels == 6:
        mixed = np.minimum(image[..., :3] + image[..., 3:], 1)
    else:
        mixed = image.mean(axis=-1, keepdims=True)
    return mixed


def to_pillow(image: np.ndarray) -> Image.Image:
    """Return a map as a Pillow image in mode L, LA, RGB or RGBA; non-finite values are black.

    Args:
        image: (H, W, C), floats, clipped to [0, 1]; C = 1, 2 (gray and opacity), 3, or 4 (RGB and
            opacity).

    Raises:
        ValueError: If the shape is not (H, W, C), C is not from 1 to 4, or the image is empty.
    """
    if image.ndim != 3 or not 1 <= image.shape[2] <= 4 or 0 in image.shape:
        raise ValueError(f"an image needs shape (H, W, C) with C from 1 to 4, got {image.shape}")
    finite = np.nan_to_num(image, nan=0.0, posinf=0.0, neginf=0.0)
    values = np.rint(np.clip(finite, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(values[..., 0] if image.shape[2] == 1 else values)


def resize_to_fit(raster: Image.Image, width: int, height: int) -> Image.Image:
    """Return an image resized to fit ``width`` x ``height`` pixels, with its aspect ratio.

    A smaller image has averages over areas. A larger image is enlarged by a whole factor, so that
    pixels become squares.
    """
    share = min(width / raster.width, height / raster.height)
    factor = int(share) if share >= 1 else share
    if factor == 1:
        return raster
    columns, rows = (max(1, round(side * factor)) for side in raster.size)
    return raster.resize(
        (columns, rows), Image.Resampling.NEAREST if factor > 1 else Image.Resampling.BOX
    )


def over_checkerboard(raster: Image.Image, *, cell: int = 8) -> Image.Image:
    """Return an image in mode L or RGB, with a checkerboard behind transparent pixels.

    Args:
        raster: An image from `to_pillow`.
        cell: Side of a square of the checkerboard, in pixels.
    """
    if raster.mode not in ("LA", "RGBA"):
        return raster
    rows, columns = np.indices((raster.height, raster.width)) // cell
    board = np.where((rows + columns) % 2, CHECKER_DARK, CHECKER_LIGHT).astype(np.uint8)
    background = Image.fromarray(board).convert("RGBA")
    composite = Image.alpha_composite(background, raster.convert("RGBA"))
    return composite.convert("L" if raster.mode == "LA" else "RGB")
