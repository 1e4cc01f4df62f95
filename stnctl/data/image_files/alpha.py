"""Premultiplied alpha, so that transparent pixels do not affect interpolated colors.

T. Porter, T. Duff, "Compositing digital images", 1984, section 3.
"""

import numpy as np

OPACITY_MODES = ("LA", "RGBA")
"""Modes of `stnctl.data.image_files.image_io` whose last channel is the opacity."""

CLEAR = 1e-6
"""Opacity below which a pixel counts as transparent. Its colors are only rounding errors, and a
division by its opacity may overflow."""


def premultiply(pixels: np.ndarray) -> np.ndarray:
    """Multiply the colors of pixels by the opacity, which is unchanged.

    Args:
        pixels: (..., C); the last channel is the opacity.

    Returns:
        The premultiplied pixels, (..., C).
    """
    opacity = pixels[..., -1:]
    return np.concatenate([pixels[..., :-1] * opacity, opacity], axis=-1)


def unpremultiply(pixels: np.ndarray) -> np.ndarray:
    """Divide the colors of pixels by the opacity: the inverse of `premultiply`.

    The colors of transparent pixels become black.

    Args:
        pixels: Premultiplied pixels, (..., C); the last channel is the opacity.

    Returns:
        The pixels, (..., C).
    """
    opacity = pixels[..., -1:]
    visible = opacity >= CLEAR
    colors = pixels[..., :-1] / np.where(visible, opacity, 1)
    return np.concatenate([np.where(visible, colors, 0), opacity], axis=-1)
