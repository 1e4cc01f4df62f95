"""The image to warp: a file, stdin, or a built-in image."""

import io
import sys
from pathlib import Path

from stnctl.data.image_files.image_io import Image, decode_image, max_bytes, read_image
from stnctl.errors import InputError, UsageError
from stnctl.storage.bounded_reader import BoundedReader

STDIN = Path("-")
STDIN_NAME = "image on stdin"


def read_source(image: Path, max_pixels: int) -> Image:
    """Return the image from a file, from stdin or built in.

    A file takes precedence over a built-in name.

    Args:
        image: A file, "-" for stdin, or a name that `builtin_image` takes.
        max_pixels: Largest number of pixels of the image.

    Raises:
        InputError: If there is no such image, or it is damaged or too large.
        UsageError: If ``image`` is "-" and nothing is piped to stdin.
    """
    if image == STDIN:
        return decode_image(_stdin(max_bytes(max_pixels)), STDIN_NAME, max_pixels=max_pixels)
    if image.exists() or image.is_symlink():
        return read_image(image, max_pixels=max_pixels)
    from stnctl.data.image_files.builtin_images import builtin_image

    return builtin_image(str(image), max_pixels=max_pixels)


def plain_name(image: Path) -> Path:
    """Return the file name of ``image``, to name the outputs; each colon becomes a dash.

    For stdin, the name is "stdin".
    """
    return Path("stdin") if image == STDIN else Path(image.name.replace(":", "-"))


def _stdin(limit: int) -> BoundedReader:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "IMAGE is -, but nothing is piped to stdin",
            hint="pipe an image to the command, such as `stnctl warp - --rotate 30 < image.png`",
        )
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise InputError(
            f"{STDIN_NAME} has more than {limit:,} bytes",
            hint="resize the image first, or raise --max-pixels",
        )
    return BoundedReader(io.BytesIO(data), STDIN_NAME)
