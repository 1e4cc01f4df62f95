"""Messages of the C libraries under Pillow, which print them on stderr."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import IO

_LIBTIFF_NAME = "tempfile.tif: "
"""Pillow's name of the file, in the messages of libtiff."""


@contextlib.contextmanager
def native_messages() -> Iterator[None]:
    """Put the messages of libtiff or libjpeg into the error of the ``with`` block.

    Raises:
        OSError: If the block raises one. Its text is the first message of the library.
    """
    with _message_file() as messages, _stderr_to(messages.fileno()):
        try:
            yield
        except OSError as error:
            messages.seek(0)
            first = messages.readline().decode(errors="replace").strip()
            raise OSError(first.removeprefix(_LIBTIFF_NAME) or str(error)) from error


def _message_file() -> IO[bytes]:
    """Open a temporary file; without a folder for such files, the null device."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "r+b")  # noqa: PTH123


@contextlib.contextmanager
def _stderr_to(descriptor: int) -> Iterator[None]:
    """Redirect the stderr of native code to a file."""
    try:
        saved = os.dup(2)
    except OSError:  # stderr is closed
        yield
        return
    os.dup2(descriptor, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
