"""IMAGE: a file, stdin, or a name."""

import io
import sys
from pathlib import Path

from stnctl.data.builtin import builtin_image
from stnctl.data.files import MAX_BYTES
from stnctl.data.images import Image, decode_image, read_image
from stnctl.errors import InputError, UsageError

STDIN = Path("-")


def read_source(image: Path, max_pixels: int) -> Image:
    """Return the image that is meant; a file before a built-in image of the same name.

    Args:
        image: A file, "-" for stdin, or a name that `builtin_image` knows.
        max_pixels: The most pixels.

    Raises:
        InputError: If there is no such image, or it can't be taken.
    """
    if image == STDIN:
        return decode_image(_stdin(), "image on stdin", max_pixels=max_pixels)
    if image.exists() or image.is_symlink():
        return read_image(image, max_pixels=max_pixels)
    return builtin_image(str(image), max_pixels=max_pixels)


def plain_name(image: Path) -> Path:
    """Return a name for a file made of ``image``: of a built-in image, without the colon."""
    return Path("stdin") if image == STDIN else Path(image.name.replace(":", "-"))


def _stdin() -> io.BytesIO:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "IMAGE is -, but nothing is piped to stdin",
            hint="stnctl warp - --rotate 30 < image.png",
        )
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"image on stdin has more than {MAX_BYTES:,} bytes")
    return io.BytesIO(data)
