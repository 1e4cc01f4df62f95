"""Report of a crash of native code, such as an abort of the backend when memory runs out."""

import atexit
import ctypes
import faulthandler
import os
import signal
from collections.abc import Callable
from functools import partial

CRASHES = (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV)
"""Signals that native code raises when it fails. They end the process."""

_FULLY_BUFFERED = 0
"""Value of ``_IOFBF`` in glibc."""

_purges: list[Callable[[], object]] = []
"""Functions that empty the buffers of messages."""


def report_crashes(descriptor: int, message: str) -> None:
    """Write a message and the Python stack when native code ends the process by a signal.

    The process still ends by the signal. No Python code can run at that moment. So `faulthandler`
    writes the stack to descriptor 2, and the message waits in the buffer of a C stream. The handler
    of the signals is ``fcloseall(3)``, which writes the buffers of all C streams. Without glibc,
    only the stack is written.

    If `faulthandler` is enabled already, as by ``python -X dev``, nothing changes.

    Args:
        descriptor: File descriptor for the message. It must stay open.
        message: The message, with all of its newlines.
    """
    if faulthandler.is_enabled():
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "fcloseall") and hasattr(libc, "sysv_signal"):
        _write_at_crash(libc, descriptor, os.fsencode(message))
    atexit.register(drop_message)
    faulthandler.enable(file=2)  # after the message, so that it calls that handler at its end


def drop_message() -> None:
    """Drop the waiting message, before native code that writes the buffers of all C streams.

    The converters of TensorFlow do so. A later crash still writes the stack.
    """
    for purge in _purges:
        purge()


def _write_at_crash(libc: ctypes.CDLL, descriptor: int, message: bytes) -> None:
    libc.fdopen.restype = ctypes.c_void_p
    stream = ctypes.c_void_p(libc.fdopen(descriptor, b"w"))
    libc.setvbuf(stream, None, _FULLY_BUFFERED, len(message) + 1)
    libc.fputs(message, stream)
    _purges.append(partial(libc.__fpurge, stream))
    handler = ctypes.cast(libc.fcloseall, ctypes.c_void_p)
    for number in CRASHES:
        libc.sysv_signal(number, handler)  # for one signal; the next one has the default action
