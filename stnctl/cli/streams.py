"""Standard streams that are closed, full, or read by nobody."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TextIO

from stnctl.errors import EnvironmentFault


def mend_streams() -> None:
    """Give closed streams somewhere to go, and let others escape what they can't encode."""
    _occupy_descriptors()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        getattr(sys, name).reconfigure(errors="backslashreplace")


@contextmanager
def writing_stdout() -> Iterator[None]:
    """Tell that stdout is at fault if the body, which writes to it, fails.

    Where nobody reads it any more, `BrokenPipeError` passes.

    Raises:
        EnvironmentFault: If stdout was closed when the command began, or can't be written. What
            is left of it is dropped.
    """
    if sys.__stdout__ is None:
        raise EnvironmentFault("stdout is closed", hint="leave it open, or send it to a file")
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
    """Write out what was printed; that nobody reads it any more is no error.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    try:
        with writing_stdout() if sys.__stdout__ else nullcontext():
            sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)


def silence(stream: TextIO) -> None:
    """Drop all that is written to a stream, so that Python does not try again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _occupy_descriptors() -> None:
    """Open what is closed of 0 to 2: no file may become what a library writes messages to."""
    descriptor = 0
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)
