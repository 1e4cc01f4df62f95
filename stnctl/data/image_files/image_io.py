"""Reading of untrusted image files."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, ImageFile
from PIL import Image as PillowImage

from stnctl.data.image_files.color_profile import DEEP_MODES, ColorProfile, read_profile
from stnctl.data.image_files.native_messages import native_messages
from stnctl.data.image_files.transparent_color import is_transparent
from stnctl.data.image_files.unreadable import (
    FORMATS,
    as_input_error,
    smaller_hint,
)
from stnctl.data.sources.user_files import open_user_file
from stnctl.errors import InputError
from stnctl.geometry.interpolation.taps import FARTHEST
from stnctl.geometry.levels import to_values
from stnctl.storage.bounded_reader import BoundedReader

MAX_PIXELS = 64_000_000
"""Default maximum number of pixels of an image."""

MAX_SIDE = FARTHEST
"""Maximum width and height in pixels: the sampler reaches no further."""

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

_GRAY_AS_RGBA = "LA;16B"
"""Samples that Pillow reads as RGBA."""

_TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}
"""EXIF orientation -> function that turns pixels (H, W, C) upright; others need none."""

_MIRRORED = (2, 4, 5, 7)
"""EXIF orientations of mirror images."""


@dataclass(frozen=True, eq=False)
class Image:
    """Image as an array.

    Attributes:
        stored: The pixels, (H, W, C): levels from 0 to 255 in uint8, or float32 within [0, 1].
        mode: The mode of the pixels, a key of `CHANNELS`.
        notes: Texts for the user about changes that the reader made to the image.
        profile: Color profile of the pixels; None for sRGB.
    """

    stored: np.ndarray
    mode: str
    notes: tuple[str, ...]
    profile: ColorProfile | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(H, W)."""
        return self.stored.shape[0], self.stored.shape[1]

    @property
    def pixels(self) -> np.ndarray:
        """The pixels as values, (H, W, C), float32 within [0, 1]; a copy if levels are stored."""
        return to_values(self.stored) if self.stored.dtype == np.uint8 else self.stored


def read_image(path: Path, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Read an image file.

    The image is rotated upright by its EXIF orientation. Of several frames, only the first is read.

    Args:
        path: A regular file in one of `FORMATS`.
        max_pixels: Maximum number of pixels. No side may exceed `MAX_SIDE`.

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
            hint=smaller_hint((file.size - max_bytes(0) + 3) // 4),
        )
    with as_input_error(file, name):
        with _bomb_limit(sys.maxsize):  # `_check_size` has the better message
            image = PillowImage.open(file, formats=FORMATS)
        _check_size(image, name, max_pixels)
        with _bomb_limit(max_pixels):
            return _load(image, name, file)


def max_bytes(max_pixels: int) -> int:
    """Return the maximum size of an image file in bytes: 4 per pixel, and 16 MiB for metadata."""
    return 4 * max_pixels + 2**24


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
    num_pixels, is_long = width * height, max(image.size) > MAX_SIDE
    if is_long or num_pixels > max_pixels:
        raise InputError(
            f"{name} is {width:,}x{height:,} pixels, expected at most {max_pixels:,} in all "
            f"and {MAX_SIDE:,} a side",
            hint="make it smaller first" if is_long else smaller_hint(num_pixels),
        )


def _load(image: ImageFile.ImageFile, name: str, file: BoundedReader) -> Image:
    """Decode the pixels."""
    raw_mode = str(image.tile[0].args) if image.tile else ""  # loading removes the tiles
    orientation = _orientation(image)
    by_libtiff = any(tile.codec_name == "libtiff" for tile in image.tile)
    with native_messages() if by_libtiff else contextlib.nullcontext():
        image.load()
    profile, note = read_profile(image, "LA" if raw_mode == _GRAY_AS_RGBA else image.mode)
    transparent = is_transparent(image, raw_mode, file)
    notes = _notes(image, raw_mode, profile, lost_depth=transparent is not None)
    notes += [note] if note else []
    if orientation in _TURNS:
        change = "mirrored" if orientation in _MIRRORED else "rotated"
        notes.append(f"{change} upright by its EXIF orientation")
    if image.mode == "CMYK" and profile is not None:
        pixels, mode = _pixels(profile.convert(image), name, raw_mode)
        profile = None
    else:
        pixels, mode = _pixels(image, name, raw_mode)
    if transparent is not None:
        top = 255 if pixels.dtype == np.uint8 else 1
        opacity = np.where(transparent[..., np.newaxis], 0, top).astype(pixels.dtype)
        pixels = np.concatenate([pixels, opacity], axis=-1)
        mode = "RGBA" if mode == "RGB" else "LA"
    if orientation in _TURNS and (turn := _TURNS.get(_orientation(image))):  # TIFF: turned by load
        pixels = np.ascontiguousarray(turn(pixels))
    return Image(pixels, mode, tuple(notes), profile)


def _orientation(image: PillowImage.Image) -> int:
    """Return the EXIF orientation of an image, default 1."""
    found = image.getexif().get(ExifTags.Base.Orientation)
    return found if isinstance(found, int) else 1


def _notes(
    image: ImageFile.ImageFile, raw_mode: str, profile: ColorProfile | None, *, lost_depth: bool
) -> list[str]:
    """Return notes about the changes in reading."""
    notes = []
    if lost_depth or (image.mode not in DEEP_MODES and ";16" in raw_mode):
        notes.append("16 bits per channel read as 8")
    if image.mode == "F":
        notes.append("floating values read as 16 bits")
    if image.mode == "CMYK" and profile:
        notes.append(f"CMYK converted to sRGB by its color profile, {profile.name}")
    elif image.mode in ("CMYK", "YCbCr"):
        notes.append(f"{image.mode} read as RGB")
    if getattr(image, "is_animated", False):
        notes.append("only the first frame is read")
    return notes


def _pixels(image: PillowImage.Image, name: str, raw_mode: str) -> tuple[np.ndarray, str]:
    """Return the pixels, (H, W, C), as `Image.stored`, and their mode, a key of `CHANNELS`."""
    if image.mode in DEEP_MODES:
        return _deep_pixels(image, name), "I;16"
    if image.mode not in _STANDARD:
        raise InputError(
            f"{name} has mode {image.mode}, expected {', '.join([*_STANDARD, *DEEP_MODES])}"
        )
    mode = _STANDARD[image.mode][image.has_transparency_data]
    if raw_mode == _GRAY_AS_RGBA:
        mode = "LA"
    levels = np.asarray(image if image.mode == mode else image.convert(mode))
    return levels.reshape(*levels.shape[:2], -1), mode  # (H, W, C)


def _deep_pixels(image: PillowImage.Image, name: str) -> np.ndarray:
    values = np.asarray(image)
    highest = 1 if image.mode == "F" else 65535
    if not (values.min() >= 0 and values.max() <= highest):  # rejects NaN too
        raise InputError(
            f"{name} holds {values.dtype} from {values.min()} to {values.max()}, "
            f"expected finite values from 0 to {highest}"
        )
    return (values / np.float32(highest)).astype(np.float32)[..., np.newaxis]  # (H, W, 1)
