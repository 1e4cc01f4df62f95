"""Lock of a run. The process that trains the run holds it; the kernel releases it at its end."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.directory import RunDirectory
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.regular_file import open_regular_file

_MAX_BYTES = 512
_GRACE_SECONDS = 0.1
"""Time in which `is_locked` of another process ends, or a new holder of a lock writes its name."""


@contextmanager
def run_lock(run: RunDirectory) -> Iterator[None]:
    """Hold the lock of ``run`` during the block.

    The lock is `flock(2)` on the file ``.lock``. The file is never removed. It contains the
    process id and the host name of the last process that held the lock.

    Raises:
        InputError: If ``.lock`` exists and is not a regular file.
        EnvironmentFault: If another process holds the lock, or the file can't be created.
    """
    with explain_os_errors(run.lock, doing="lock", safe="the run is unchanged"):
        descriptor = open_regular_file(
            run.lock, os.O_RDWR | os.O_CREAT, follow_links=False, max_bytes=_MAX_BYTES
        )
    try:
        with explain_os_errors(run.lock, doing="lock", safe="the run is unchanged"):
            _acquire(descriptor, run)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_locked(run: RunDirectory) -> bool:
    """Return whether a process holds the lock of ``run``; False if this can't be determined."""
    try:
        descriptor = open_regular_file(run.lock, follow_links=False)
    except (OSError, InputError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _acquire(descriptor: int, run: RunDirectory) -> None:
    if _try_to_lock(descriptor):
        return
    time.sleep(_GRACE_SECONDS)
    if _try_to_lock(descriptor):
        return
    text = os.pread(descriptor, _MAX_BYTES, 0).decode(errors="replace").strip()
    pid, _, host = text.partition(" ")
    holder = f"process {pid} on {host}" if host and text.isprintable() else "another process"
    raise EnvironmentFault(
        f"the run {run.path} is in use by {holder}",
        hint="wait for it to end, stop it, or choose another run",
    )


def _try_to_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
