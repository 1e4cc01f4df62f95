"""Preparation of an image of any size and color as an input image of a network.

A handwritten digit is prepared as the images of MNIST were: it is scaled into a box, and its center
of mass is moved to the center of the image (LeCun, Bottou, Bengio, Haffner, Gradient-based learning
applied to document recognition, 1998, section III.A).
"""

import numpy as np
from PIL import Image as PillowImage

from stnctl.data.image_files.image_io import Image
from stnctl.errors import InputError
from stnctl.geometry.frames import Size

BOX = 20 / 28
"""Longer side of a digit, as a share of the side of the image."""

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in a gray value (ITU-R BT.601)."""

_INK = 0.2
"""Value of ink, from 0 for the background to 1, above which a pixel belongs to the digit."""

_LEAST_CONTRAST = 0.05
_OPAQUE = {"LA": 1, "RGBA": 3}
"""Mode with transparency -> number of its channels of color."""


def prepare_digit(image: Image, size: Size, name: str) -> np.ndarray:
    """Return a handwritten digit as an image of MNIST: white on black, scaled and centered.

    The background is the median of the pixels at the border, so the digit may be dark or bright. It
    becomes 0, and the strongest ink becomes 1.

    Args:
        image: The image, with one digit on an even background.
        size: (H, W) of the result.
        name: Name of the image in messages.

    Returns:
        (H, W, 1), float32 within [0, 1].

    Raises:
        InputError: If the image shows nothing but the background.
    """
    gray = gray_values(image)
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ink = np.abs(gray - np.median(border))
    if ink.max() < _LEAST_CONTRAST:
        raise InputError(
            f"{name} shows no digit: all pixels are nearly equal",
            hint="prepare the whole image with --prepare fit",
        )
    ink /= ink.max()
    rows, columns = (np.flatnonzero((ink > _INK).any(axis=axis)) for axis in (1, 0))
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = max(1, round(BOX * size[0])), max(1, round(BOX * size[1]))
    digit = _scaled_into(cropped, box)
    y, x = _center_of_mass(digit)
    top, left = round((size[0] - 1) / 2 - y), round((size[1] - 1) / 2 - x)
    return _placed(digit, size, top, left)[..., None]


def prepare_whole(image: Image, size: Size, channels: int) -> np.ndarray:
    """Return a whole image, scaled into ``size`` and centered, with a black margin.

    Args:
        image: The image.
        size: (H, W) of the result.
        channels: Number of its channels: 1 for gray, 3 for RGB.

    Returns:
        (H, W, channels), float32 within [0, 1].
    """
    pixels = gray_values(image)[..., None] if channels == 1 else color_values(image)
    maps = []
    for channel in np.moveaxis(pixels, -1, 0):
        scaled = _scaled_into(channel, size)
        top, left = (size[0] - scaled.shape[0]) // 2, (size[1] - scaled.shape[1]) // 2
        maps.append(_placed(scaled, size, top, left))
    return np.stack(maps, axis=-1)


def gray_values(image: Image) -> np.ndarray:
    """Return the gray values of an image, (H, W), float32 within [0, 1].

    Transparent pixels are white if the rest is dark, and otherwise black.
    """
    colors, opacity = _opaque(image)
    gray = colors[..., 0] if colors.shape[-1] == 1 else colors @ np.array(LUMA, np.float32)
    if opacity is None:
        return gray
    background = float(_mean(gray, opacity) < 0.5)
    composed: np.ndarray = gray * opacity + background * (1 - opacity)
    return composed


def color_values(image: Image) -> np.ndarray:
    """Return the colors of an image, (H, W, 3), float32 within [0, 1]; transparent pixels black."""
    colors, opacity = _opaque(image)
    if opacity is not None:
        colors = colors * opacity[..., None]
    return np.broadcast_to(colors, (*colors.shape[:2], 3))


def _opaque(image: Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the channels of color (H, W, 1 or 3), and the opacity (H, W) or None."""
    pixels = image.pixels
    channels = _OPAQUE.get(image.mode)
    return (pixels, None) if channels is None else (pixels[..., :channels], pixels[..., channels])


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total else 1.0


def _scaled_into(values: np.ndarray, box: Size) -> np.ndarray:
    """Return values (h, w) scaled to fit into a box with their ratio of sides, without aliasing."""
    height, width = values.shape
    factor = min(box[0] / height, box[1] / width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    picture = PillowImage.fromarray(np.ascontiguousarray(values, np.float32))
    scaled = np.asarray(picture.resize(size, PillowImage.Resampling.BILINEAR))
    clipped: np.ndarray = np.clip(scaled, 0, 1)
    return clipped


def _center_of_mass(values: np.ndarray) -> tuple[float, float]:
    """Return the row and the column of the center of mass of values (h, w)."""
    total = float(values.sum())
    rows, columns = np.indices(values.shape)
    return float((rows * values).sum()) / total, float((columns * values).sum()) / total


def _placed(values: np.ndarray, size: Size, top: int, left: int) -> np.ndarray:
    """Return a black image with values at a place; parts outside of the image are left out."""
    height, width = values.shape
    result = np.zeros(size, np.float32)
    rows = slice(max(top, 0), min(top + height, size[0]))
    columns = slice(max(left, 0), min(left + width, size[1]))
    result[rows, columns] = values[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
    return result
