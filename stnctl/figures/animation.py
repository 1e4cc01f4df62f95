"""Animations: frames as an endless GIF, played forward, or forward and backward."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from stnctl.figures.raster import over_checkerboard, to_pillow

REST = 600
"""Duration of the first and of the last frame, in milliseconds."""

_COLORS = 256
_SAMPLES, _SAMPLE_SIDE = 8, 256
"""Number of frames that the shared palette is computed from, and their longest side."""


def eased(num_frames: int) -> np.ndarray:
    """Return numbers from 0 to 1, (num_frames,), with small steps at both ends.

    The numbers are 3 t^2 - 2 t^3 for evenly spaced t.

    Raises:
        ValueError: If ``num_frames`` is below 2.
    """
    if num_frames < 2:
        raise ValueError(f"an animation needs at least 2 frames, got {num_frames}")
    t = np.linspace(0.0, 1.0, num_frames)
    return t * t * (3 - 2 * t)


def animation_gif(frames: Sequence[np.ndarray], *, milliseconds: int, rewind: bool = True) -> bytes:
    """Return a GIF that plays the frames in a loop.

    The first and the last frame are shown for `REST` milliseconds or longer.

    All frames share one palette without dithering, so that still parts do not flicker. Gray frames
    keep their 256 shades.

    Args:
        frames: (H, W, C) each, all of one shape, floats in [0, 1]; C = 1, 2 (gray and opacity),
            3, or 4 (RGB and opacity). Transparent pixels show a checkerboard.
        milliseconds: Duration of each other frame; GIF stores it in steps of ten.
        rewind: Whether the frames are played backward too, before they start again.

    Raises:
        ValueError: If there are no frames, or their shapes differ.
    """
    shapes = {frame.shape for frame in frames}
    if len(shapes) != 1:
        raise ValueError(f"frames: expected at least one, all of one shape, got {sorted(shapes)}")
    rasters = _in_one_palette([over_checkerboard(to_pillow(frame)) for frame in frames])
    order = list(range(len(rasters)))
    if rewind:
        order += order[-2:0:-1]
    ends = (0, len(rasters) - 1)
    buffer = io.BytesIO()
    rasters[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=[rasters[index] for index in order[1:]],
        duration=[max(REST, milliseconds) if index in ends else milliseconds for index in order],
        loop=0,
        optimize=True,  # unchanged pixels are not stored again
    )
    return buffer.getvalue()


def _in_one_palette(rasters: list[Image.Image]) -> list[Image.Image]:
    """Return RGB images with one palette, computed from some of them; return gray images as is."""
    if rasters[0].mode == "L":
        return rasters
    some = rasters[:: max(1, len(rasters) // _SAMPLES)]
    pixels = np.concatenate([_sampled_pixels(raster) for raster in some])
    palette = Image.fromarray(pixels).quantize(_COLORS, Image.Quantize.MEDIANCUT)
    return [raster.quantize(palette=palette, dither=Image.Dither.NONE) for raster in rasters]


def _sampled_pixels(raster: Image.Image) -> np.ndarray:
    """Return pixels of an RGB image, (h, w, 3); of a large image, only every n-th pixel."""
    step = -(-max(raster.size) // _SAMPLE_SIDE)
    return np.asarray(raster)[::step, ::step]
