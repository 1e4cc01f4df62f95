"""Handling of standard streams that are closed, full or broken."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from stnctl.errors import EnvironmentFault

LOOK_ALIKE = "stnctl.look-alike"
"""Name of the error handler for characters that a stream can't encode."""

_LOOK_ALIKES = {"·": ".", "°": " deg", "×": "x", "±": "+-", "…": "..."}


def repair_streams() -> None:
    """Redirect closed standard streams to the null device.

    Characters that a stream can't encode are written as look-alikes or escapes from now on.
    """
    _occupy_descriptors()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        getattr(sys, name).reconfigure(errors=LOOK_ALIKE)


def check_stdout() -> None:
    """Raise if stdout was closed when the command started.

    Raises:
        EnvironmentFault: If it was closed.
    """
    if sys.__stdout__ is None:
        raise EnvironmentFault("stdout is closed", hint="leave it open, or send it to a file")


@contextmanager
def writing_stdout() -> Iterator[None]:
    """Convert errors in a ``with`` block that writes to stdout into an `EnvironmentFault`.

    Raises:
        EnvironmentFault: If stdout can't be written. Later output is then dropped.
        BrokenPipeError: If stdout is a pipe without a reader.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        silence(sys.stdout)
        raise EnvironmentFault(
            f"can't write to stdout: {error.strerror or error}",
            hint="send it to a file on a disk with room",
        ) from error


def flush_stdout() -> None:
    """Flush stdout. The error of a pipe without a reader is ignored.

    Raises:
        EnvironmentFault: If stdout can't be written.
    """
    try:
        with writing_stdout():
            sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)


def as_written(text: str) -> str:
    """Return text as stdout shows it, with look-alikes or escapes where necessary."""
    encoding = sys.stdout.encoding
    return text.encode(encoding, LOOK_ALIKE).decode(encoding)


class MessageStream:
    """The stream ``sys.stderr`` at the time of each write, for messages.

    If it can't be written, such as that of a closed terminal, all later messages are dropped.
    """

    def write(self, text: str) -> int:
        """Write ``text``, and return its length."""
        with _dropping_messages():
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        with _dropping_messages():
            sys.stderr.flush()

    def __getattr__(self, name: str) -> Any:
        """Return another attribute of the stream, such as its encoding."""
        return getattr(sys.stderr, name)


@contextmanager
def _dropping_messages() -> Iterator[None]:
    """Drop the output of a ``with`` block that can't write stderr, and all later output."""
    try:
        yield
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Drop all later output of a stream, so that Python does not write to it again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _occupy_descriptors() -> None:
    """Open closed descriptors 0 to 2, so that messages of libraries are not written to a file."""
    descriptor = 0
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def _look_alike(error: UnicodeError) -> tuple[str, int]:
    """Return the text to write in place of characters that can't be encoded, and their end."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    failed = error.object[error.start : error.end]
    return "".join(_LOOK_ALIKES.get(each) or _escaped(each) for each in failed), error.end


def _escaped(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error(LOOK_ALIKE, _look_alike)
