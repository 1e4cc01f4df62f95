"""Colors weighted by their opacity, so that clear pixels have no say in what is mixed.

T. Porter, T. Duff, "Compositing digital images", 1984, section 3.
"""

import numpy as np

OPACITY_MODES = ("LA", "RGBA")
"""Modes of `stnctl.data.images` whose last channel is the opacity."""


def premultiplied(pixels: np.ndarray) -> np.ndarray:
    """Return colors times opacity, and the opacity, (..., C), of straight colors and opacity."""
    opacity = pixels[..., -1:]
    return np.concatenate([pixels[..., :-1] * opacity, opacity], axis=-1)


def straight(pixels: np.ndarray) -> np.ndarray:
    """Return what `premultiplied` was made of, (..., C); black where it is clear."""
    opacity = pixels[..., -1:]
    colors = pixels[..., :-1] / np.where(opacity > 0, opacity, 1)
    return np.concatenate([np.where(opacity > 0, colors, 0), opacity], axis=-1)
