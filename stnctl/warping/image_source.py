"""IMAGE: a file, stdin, or a name."""

import io
import sys
from pathlib import Path

from stnctl.data.image_files.builtin_images import builtin_image
from stnctl.data.image_files.image_io import Image, decode_image, max_bytes, read_image
from stnctl.errors import InputError, UsageError
from stnctl.storage.bounded_reader import BoundedReader

STDIN = Path("-")
STDIN_NAME = "image on stdin"


def read_source(image: Path, max_pixels: int) -> Image:
    """Return the image that is meant; a file before a built-in image of the same name.

    Args:
        image: A file, "-" for stdin, or a name that `builtin_image` knows.
        max_pixels: The most pixels.

    Raises:
        InputError: If there is no such image, or it can't be taken.
    """
    if image == STDIN:
        return decode_image(_stdin(max_bytes(max_pixels)), STDIN_NAME, max_pixels=max_pixels)
    if image.exists() or image.is_symlink():
        return read_image(image, max_pixels=max_pixels)
    return builtin_image(str(image), max_pixels=max_pixels)


def plain_name(image: Path) -> Path:
    """Return a name for a file made of ``image``: of a built-in image, without the colon."""
    return Path("stdin") if image == STDIN else Path(image.name.replace(":", "-"))


def _stdin(most: int) -> BoundedReader:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "IMAGE is -, but nothing is piped to stdin",
            hint="stnctl warp - --rotate 30 < image.png",
        )
    data = sys.stdin.buffer.read(most + 1)
    if len(data) > most:
        raise InputError(
            f"{STDIN_NAME} has more than {most:,} bytes",
            hint="make it smaller first, or raise --max-pixels",
        )
    return BoundedReader(io.BytesIO(data), STDIN_NAME)
