"""Moving pictures: the steps of a way there and back, as an endless GIF."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from stnctl.figures.raster import opaque, to_picture

REST = 600
"""Milliseconds for which the first and the last frame stay."""

_COLORS = 256
_SAMPLES, _SAMPLE_SIDE = 8, 256
"""How many frames the common palette is made from, and their longest side for that."""


def eased(num_frames: int) -> np.ndarray:
    """Return shares from 0 to 1, (num_frames,), that start and end gently: 3 t^2 - 2 t^3.

    Raises:
        ValueError: If there are not two frames at least.
    """
    if num_frames < 2:
        raise ValueError(f"an animation needs at least 2 frames, got {num_frames}")
    t = np.linspace(0.0, 1.0, num_frames)
    return t * t * (3 - 2 * t)


def animation_gif(frames: Sequence[np.ndarray], *, milliseconds: int) -> bytes:
    """Return a GIF that plays the frames there and back, without end, and rests at both ends.

    All frames share one palette, undithered, so that what rests doesn't flicker. Gray ones keep
    their 256 shades.

    Args:
        frames: (H, W, C) each, all of one shape, floats in [0, 1]; C = 1, 2 (gray and opacity),
            3, or 4 (RGB and opacity). Transparent parts lie on a checkerboard.
        milliseconds: How long each frame stays; GIF counts in steps of ten.

    Raises:
        ValueError: If there is no frame, or they differ in shape.
    """
    shapes = {frame.shape for frame in frames}
    if len(shapes) != 1:
        raise ValueError(f"frames must be there and of one shape, got {sorted(shapes)}")
    pictures = _in_one_palette([opaque(to_picture(frame)) for frame in frames])
    order = [*range(len(pictures)), *range(len(pictures) - 2, 0, -1)]
    ends = (0, len(pictures) - 1)
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=[pictures[index] for index in order[1:]],
        duration=[REST if index in ends else milliseconds for index in order],
        loop=0,
        optimize=False,
    )
    return buffer.getvalue()


def _in_one_palette(pictures: list[Image.Image]) -> list[Image.Image]:
    """Return gray pictures as they are, and colored ones with the palette of some of them."""
    if pictures[0].mode == "L":
        return pictures
    some = pictures[:: max(1, len(pictures) // _SAMPLES)]
    strip = np.concatenate([_small(picture) for picture in some])
    palette = Image.fromarray(strip).quantize(_COLORS, Image.Quantize.MEDIANCUT)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]


def _small(picture: Image.Image) -> np.ndarray:
    """Return the pixels (h, w, 3) of a picture, or every few of a large one."""
    step = -(-max(picture.size) // _SAMPLE_SIDE)
    return np.asarray(picture)[::step, ::step]
