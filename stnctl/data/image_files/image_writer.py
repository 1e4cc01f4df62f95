"""Writing of image files."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from stnctl.data.image_files.color_profile import ColorProfile
from stnctl.data.image_files.image_io import CHANNELS
from stnctl.data.image_files.native_messages import native_messages
from stnctl.errors import UsageError
from stnctl.geometry.levels import to_levels, to_values

_OUTPUT: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    ".png": ("PNG", tuple(CHANNELS), {}),
    ".tif": ("TIFF", tuple(CHANNELS), {}),
    ".tiff": ("TIFF", tuple(CHANNELS), {}),
    ".webp": ("WEBP", ("L", "LA", "RGB", "RGBA"), {"lossless": True, "exact": True}),
    ".jpg": ("JPEG", ("L", "RGB"), {"quality": 95}),
    ".jpeg": ("JPEG", ("L", "RGB"), {"quality": 95}),
    ".bmp": ("BMP", ("L", "RGB"), {}),
    ".pgm": ("PPM", ("L", "I;16"), {}),
    ".ppm": ("PPM", ("RGB",), {}),
}
"""Suffix -> format, its modes, and its options for writing."""

_WITH_PROFILE = ("PNG", "TIFF", "JPEG", "WEBP")
"""Formats that hold a color profile."""


def encode_image(
    pixels: np.ndarray, mode: str, suffix: str, profile: ColorProfile | None = None
) -> bytes:
    """Return the bytes of an image file.

    Values are clipped to [0, 1] and rounded to 8 or 16 bits. All formats but JPEG then store them
    without loss. If the format can't hold the color profile, they are converted to sRGB before.

    Args:
        pixels: (H, W, C): values from 0 to 1, floating, or levels from 0 to 255 in uint8. For mode
            "I;16", only values.
        mode: A key of `CHANNELS`, with C channels.
        suffix: Suffix of the format: .png, .tif, .tiff, .webp, .jpg, .jpeg, .bmp, .pgm or .ppm.
        profile: Color profile of the pixels; None for sRGB.

    Raises:
        UsageError: If the suffix is unknown, or the format does not support the mode or the size.
        ValueError: If the pixels don't fit the mode, or are not finite.
    """
    if mode not in CHANNELS or pixels.ndim != 3 or pixels.shape[2] != CHANNELS[mode]:
        raise ValueError(
            f"pixels must be (H, W, C) with C of {CHANNELS}, got {pixels.shape} {mode}"
        )
    is_deep, is_levels = mode == "I;16", pixels.dtype == np.uint8
    if is_deep and is_levels:
        raise ValueError("pixels of 16 bits must be floating, got uint8")
    if not is_levels and not np.isfinite(pixels).all():
        raise ValueError("pixels must be finite")
    kind, options = _output(mode, suffix)
    if profile is not None:
        if can_hold_profile(suffix, mode):
            options = options | {"icc_profile": profile.data}
        else:
            pixels = profile.to_srgb(to_values(pixels) if is_levels else pixels)
    levels = pixels if pixels.dtype == np.uint8 else to_levels(pixels, 16 if is_deep else 8)
    image = PillowImage.fromarray(levels[..., 0] if CHANNELS[mode] == 1 else levels)
    buffer = io.BytesIO()
    try:
        with native_messages():
            image.save(buffer, kind, **options)
    except (OSError, ValueError) as error:
        size = f"{image.width}x{image.height}"
        raise UsageError(
            f"can't write {size} pixels as {suffix}: {error}", hint="use .png"
        ) from error
    return buffer.getvalue()


def check_output(path: Path, mode: str) -> None:
    """Check that `encode_image` can make a file for ``path`` from pixels of ``mode``.

    Commands call it before they compute the pixels.

    Raises:
        UsageError: If ``path`` is a folder, or its suffix is unknown, or the format of the suffix
            does not support ``mode``.
    """
    if path.is_dir():
        raise UsageError(
            f"{path} is a folder, expected a file", hint=f"name a file: {path / 'v.png'}"
        )
    _output(mode, path.suffix)


def can_hold_profile(suffix: str, mode: str) -> bool:
    """Return whether `encode_image` keeps a color profile of pixels of ``mode`` in a format.

    WebP has no gray pixels, so it can't hold the profile of gray ones.
    """
    kind, _ = _output(mode, suffix)
    return kind in _WITH_PROFILE and not (kind == "WEBP" and mode in ("L", "LA"))


def can_hold(suffix: str, mode: str) -> bool:
    """Return whether `encode_image` supports pixels of ``mode`` in the format of ``suffix``."""
    return suffix.lower() in _OUTPUT and mode in _OUTPUT[suffix.lower()][1]


def _output(mode: str, suffix: str) -> tuple[str, dict[str, Any]]:
    if suffix.lower() not in _OUTPUT:
        raise UsageError(f"no image format {suffix!r}, expected one of {', '.join(_OUTPUT)}")
    kind, modes, options = _OUTPUT[suffix.lower()]
    if mode not in modes:
        fitting = [name for name, (_, others, _) in _OUTPUT.items() if mode in others]
        raise UsageError(
            f"{suffix} does not support {mode} pixels, only {' or '.join(modes)}",
            hint=f"use one of {', '.join(fitting)}",
        )
    return kind, options
