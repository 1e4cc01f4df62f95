"""Messages for image files that can't be read: damaged, of an unknown kind, or too large."""

import contextlib
import re
import warnings
from collections.abc import Iterator

from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from stnctl.errors import InputError, StnctlError
from stnctl.storage.bounded_reader import BoundedReader

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "PPM", "GIF", "TIFF")
"""Formats that are read. Pillow's parsers of other formats had most of its vulnerabilities."""

_STARTS = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8",
    "BMP": rb"BM",
    "WEBP": rb"RIFF....WEBP",
    "PPM": rb"P[1-6]\s",
    "GIF": rb"GIF8[79]a",
    "TIFF": rb"II\*\0|MM\0\*|II\+\0|MM\0\+",
}
"""Format -> pattern of the first bytes of a file."""

_UNSUPPORTED = re.compile(
    r"unsupported|not supported|not available|not configured|unknown (raw|pixel) mode",
    re.IGNORECASE,
)
_AS_PNG = "save it as a PNG in another program"

_LOSSLESS, _HIERARCHICAL = (3, 7, 11, 15), (5, 6, 13, 14)
_NO_FRAMES = (4, 8, 12)
_MAX_SEGMENTS = 1000


def smaller_hint(max_pixels: int | None = None) -> str:
    """Return the hint for an image that is too large.

    Args:
        max_pixels: Value of --max-pixels with which the image is read; None if it is unknown.
    """
    limit = "raise --max-pixels" if max_pixels is None else f"add --max-pixels {max_pixels}"
    return f"make it smaller first, or {limit}"


@contextlib.contextmanager
def as_input_error(file: BoundedReader, name: str) -> Iterator[None]:
    """Raise an InputError for any error of Pillow, and for its warning of decompression bombs.

    Args:
        file: The open image file.
        name: Name of the image in messages.

    Raises:
        InputError: If the block raises an error of Pillow. The message distinguishes a damaged file
            from a valid one of a kind that Pillow can't read, as far as possible.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged EXIF data, but intact pixels
            warnings.simplefilter("error", PillowImage.DecompressionBombWarning)
            yield
    except (StnctlError, MemoryError):
        raise
    except (PillowImage.DecompressionBombError, PillowImage.DecompressionBombWarning) as error:
        raise InputError(f"{name} is too large: {error}", hint=smaller_hint()) from error
    except Exception as error:  # Pillow's parsers raise many types
        raise _explained(error, file, name) from error


def _explained(error: Exception, file: BoundedReader, name: str) -> InputError:
    kind = _format(file)
    reason = _jpeg_kind(file) if kind == "JPEG" else None
    if reason is None and _UNSUPPORTED.search(str(error)):
        reason = str(error)
    if reason is not None:
        return InputError(f"{name} is of a kind that can't be read: {reason}", hint=_AS_PNG)
    if not isinstance(error, UnidentifiedImageError):
        hint = "download it again, or save it again in another program"
        return InputError(f"{name} is damaged: {error}", hint=hint)
    if kind is not None:
        return InputError(
            f"{name} is damaged, or of a kind of {kind} that can't be read",
            hint=f"download it again, or {_AS_PNG}",
        )
    problem = "is not an image that can be read" if file.size else "is empty"
    return InputError(f"{name} {problem}, expected {', '.join(FORMATS)}")


def _format(file: BoundedReader) -> str | None:
    """Return the format of a file, a key of `_STARTS`, by its first bytes; None if unknown."""
    file.seek(0)
    start = file.read(16)
    return next(
        (kind for kind, pattern in _STARTS.items() if re.match(pattern, start, re.DOTALL)), None
    )


def _jpeg_kind(file: BoundedReader) -> str | None:
    """Return the kind of a valid JPEG file that Pillow can't read; None for other files.

    The header of the frame has the process (ITU-T T.81, table B.1) and the number of bits.
    """
    file.seek(2)
    for _ in range(_MAX_SEGMENTS):
        header = file.read(5)
        if len(header) < 5 or header[0] != 0xFF:
            return None
        process = header[1] - 0xC0
        if 0 <= process < 16 and process not in _NO_FRAMES:
            if process in _LOSSLESS:
                return "lossless JPEG"
            if process in _HIERARCHICAL:
                return "hierarchical JPEG"
            return None if header[4] == 8 else f"JPEG with {header[4]} bits per channel"
        file.seek(int.from_bytes(header[2:4]) - 3, 1)
    return None
