"""Colors weighted by their opacity, so that clear pixels have no say in what is mixed.

T. Porter, T. Duff, "Compositing digital images", 1984, section 3.
"""

import numpy as np

OPACITY_MODES = ("LA", "RGBA")
"""Modes of `stnctl.data.image_files.image_io` whose last channel is the opacity."""

CLEAR = 1e-6
"""Below, a pixel counts as clear: colors can't be told from rounding, and may overflow."""


def premultiply(pixels: np.ndarray) -> np.ndarray:
    """Return colors times opacity, and the opacity, (..., C), of straight colors and opacity."""
    opacity = pixels[..., -1:]
    return np.concatenate([pixels[..., :-1] * opacity, opacity], axis=-1)


def unpremultiply(pixels: np.ndarray) -> np.ndarray:
    """Return what `premultiply` was made of, (..., C); black where it is clear."""
    opacity = pixels[..., -1:]
    seen = opacity >= CLEAR
    colors = pixels[..., :-1] / np.where(seen, opacity, 1)
    return np.concatenate([np.where(seen, colors, 0), opacity], axis=-1)
