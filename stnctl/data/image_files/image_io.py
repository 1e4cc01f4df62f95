"""Reading of untrusted image files as values from 0 to 1, and writing of image files."""

import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, ImageFile, ImageOps, UnidentifiedImageError
from PIL import Image as PillowImage

from stnctl.data.sources.user_files import open_user_file
from stnctl.errors import InputError, StnctlError, UsageError
from stnctl.geometry.interpolation.taps import FARTHEST
from stnctl.storage.bounded_reader import BoundedReader

MAX_PIXELS = 64_000_000
"""Default maximum number of pixels of an image."""

MAX_SIDE = 16_384
"""Maximum width and height in pixels, if `MAX_PIXELS` is not raised."""

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "PPM", "GIF", "TIFF")
"""Formats that are read. Pillow's parsers of other formats had most of its vulnerabilities."""

logging.getLogger("PIL").addHandler(logging.NullHandler())  # keeps Pillow from writing to stderr

CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 1}
"""Mode of an `Image` -> number of channels. "I;16" has 16 bits per value, other modes have 8."""

_STANDARD = {
    "1": ("L", "LA"),
    "L": ("L", "LA"),
    "LA": ("LA", "LA"),
    "P": ("RGB", "RGBA"),
    "PA": ("RGBA", "RGBA"),
    "RGB": ("RGB", "RGBA"),
    "RGBA": ("RGBA", "RGBA"),
    "CMYK": ("RGB", "RGB"),
    "YCbCr": ("RGB", "RGB"),
}
"""Mode in Pillow -> mode of the `Image`, without and with transparency."""

_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")

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

_SMALLER = "make it smaller first, or raise --max-pixels"


@dataclass(frozen=True, eq=False)
class Image:
    """Image as an array.

    Attributes:
        pixels: (H, W, C), float32 within [0, 1].
        mode: The mode of the pixels, a key of `CHANNELS`.
        notes: Texts for the user about changes that the reader made to the image.
    """

    pixels: np.ndarray
    mode: str
    notes: tuple[str, ...]


def read_image(path: Path, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Read an image file.

    The image is rotated upright by its EXIF orientation. Of several frames, only the first is read.

    Args:
        path: A regular file in one of `FORMATS`.
        max_pixels: Maximum number of pixels. It also determines the maximum side, see `max_side`.

    Raises:
        InputError: If the file is missing, damaged, too large, not in one of `FORMATS`, or in a
            mode that can't be read as gray or RGB values from 0 to 1.
        EnvironmentFault: If there is no permission to read the file.
    """
    with open_user_file(path, "image") as file:
        return decode_image(file, f"image {path}", max_pixels=max_pixels)


def decode_image(file: BoundedReader, name: str, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Decode the image in a file, as `read_image` does.

    Args:
        file: The open file.
        name: Name of the image in messages.
        max_pixels: As in `read_image`.

    Raises:
        InputError: As in `read_image`.
    """
    if file.size > max_bytes(max_pixels):
        raise InputError(
            f"{name} has {file.size:,} bytes, expected at most {max_bytes(max_pixels):,}",
            hint=_SMALLER,
        )
    with _as_input_error(file, name):
        with _bomb_limit(sys.maxsize):  # `_check_size` has the better message
            image = PillowImage.open(file, formats=FORMATS)
        _check_size(image, name, max_pixels)
        with _bomb_limit(max_pixels):
            return _load(image, name)


def max_bytes(max_pixels: int) -> int:
    """Return the maximum size of an image file in bytes: 4 per pixel, and 16 MiB for metadata."""
    return 4 * max_pixels + 2**24


def max_side(max_pixels: int) -> int:
    """Return the maximum side of an image in pixels.

    It is `MAX_SIDE`, or `FARTHEST` if ``max_pixels`` is above its default, `MAX_PIXELS`.
    """
    return MAX_SIDE if max_pixels <= MAX_PIXELS else FARTHEST


def encode_image(pixels: np.ndarray, mode: str, suffix: str) -> bytes:
    """Return the bytes of an image file.

    Pixels are clipped to [0, 1] and rounded to 8 or 16 bits. All formats but JPEG then store them
    without loss.

    Args:
        pixels: (H, W, C), floating.
        mode: A key of `CHANNELS`, with C channels.
        suffix: Suffix of the format: .png, .tif, .tiff, .webp, .jpg, .jpeg, .bmp, .pgm or .ppm.

    Raises:
        UsageError: If the suffix is unknown, or the format does not support the mode or the size.
        ValueError: If the pixels don't fit the mode, or are not finite.
    """
    if mode not in CHANNELS or pixels.ndim != 3 or pixels.shape[2] != CHANNELS[mode]:
        raise ValueError(
            f"pixels must be (H, W, C) with C of {CHANNELS}, got {pixels.shape} {mode}"
        )
    if not np.isfinite(pixels).all():
        raise ValueError("pixels must be finite")
    kind, options = _output(mode, suffix)
    scale, dtype = (65535, np.uint16) if mode == "I;16" else (255, np.uint8)
    scaled = np.clip(pixels, 0, 1)
    scaled *= scale
    values = np.rint(scaled, out=scaled).astype(dtype)
    image = PillowImage.fromarray(values[..., 0] if CHANNELS[mode] == 1 else values)
    buffer = io.BytesIO()
    try:
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


def can_hold(suffix: str, mode: str) -> bool:
    """Return whether `encode_image` supports pixels of ``mode`` in the format of ``suffix``."""
    return suffix.lower() in _OUTPUT and mode in _OUTPUT[suffix.lower()][1]


@contextlib.contextmanager
def _as_input_error(file: BoundedReader, name: str) -> Iterator[None]:
    """Raise an InputError for any error of Pillow, and for its warning of decompression bombs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged EXIF data, but intact pixels
            warnings.simplefilter("error", PillowImage.DecompressionBombWarning)
            yield
    except (StnctlError, MemoryError):
        raise
    except (PillowImage.DecompressionBombError, PillowImage.DecompressionBombWarning) as error:
        raise InputError(f"{name} is too large: {error}", hint=_SMALLER) from error
    except UnidentifiedImageError as error:
        problem = "is not an image that can be read" if file.size else "is empty"
        raise InputError(f"{name} {problem}, expected {', '.join(FORMATS)}") from error
    except Exception as error:  # Pillow's parsers raise many types
        raise InputError(
            f"{name} is damaged: {error}",
            hint="download it again, or save it again in another program",
        ) from error


@contextlib.contextmanager
def _bomb_limit(max_pixels: int) -> Iterator[None]:
    """Raise Pillow's limit on the number of pixels to ``max_pixels`` in the ``with`` block."""
    limit = PillowImage.MAX_IMAGE_PIXELS
    PillowImage.MAX_IMAGE_PIXELS = max(limit or max_pixels, max_pixels)
    try:
        yield
    finally:
        PillowImage.MAX_IMAGE_PIXELS = limit


def _check_size(image: PillowImage.Image, name: str, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels or max(image.size) > max_side(max_pixels):
        raise InputError(
            f"{name} is {width:,}x{height:,} pixels, expected at most {max_pixels:,} in all "
            f"and {max_side(max_pixels):,} a side",
            hint=_SMALLER,
        )


def _load(image: ImageFile.ImageFile, name: str) -> Image:
    """Decode the pixels."""
    notes = _notes(image)
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode in _DEEP:
        return Image(_deep_pixels(upright, name), "I;16", notes)
    if upright.mode not in _STANDARD:
        raise InputError(
            f"{name} has mode {upright.mode}, expected {', '.join([*_STANDARD, *_DEEP])}"
        )
    standard = upright.convert(_STANDARD[upright.mode][upright.has_transparency_data])
    values = np.array(standard, np.float32)
    values /= 255
    return Image(values.reshape(*values.shape[:2], -1), standard.mode, notes)  # (H, W, C)


def _notes(image: ImageFile.ImageFile) -> tuple[str, ...]:
    """Return notes about the changes in reading, before the pixels are loaded.

    Loading removes the tiles, which record whether the file has 16 bits per channel.
    """
    notes = []
    if image.mode not in _DEEP and any(";16" in str(tile.args) for tile in image.tile):
        notes.append("16 bits per channel read as 8")
    if image.mode == "F":
        notes.append("floating values read as 16 bits")
    if image.mode in ("CMYK", "YCbCr"):
        notes.append(f"{image.mode} read as RGB")
    if getattr(image, "is_animated", False):
        notes.append("only the first frame is read")
    if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        notes.append("rotated upright by its EXIF orientation")
    return tuple(notes)


def _deep_pixels(image: PillowImage.Image, name: str) -> np.ndarray:
    values = np.asarray(image)
    highest = 1 if image.mode == "F" else 65535
    if not (values.min() >= 0 and values.max() <= highest):  # rejects NaN too
        raise InputError(
            f"{name} holds {values.dtype} from {values.min()} to {values.max()}, "
            f"expected finite values from 0 to {highest}"
        )
    return (values / np.float32(highest)).astype(np.float32)[..., np.newaxis]  # (H, W, 1)


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
