"""The lock of a run: held by the process that trains it, freed by the kernel when that ends."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.regular_file import open_without_links

_ATTEMPTS = 5
_SECONDS_BETWEEN = 0.02
_MAX_BYTES = 512


@contextmanager
def run_lock(run: RunDirectory) -> Iterator[None]:
    """Hold the lock of ``run`` for the body.

    The lock is `flock(2)` on the file ``.lock``, which stays and tells pid and host of its last
    holder. The kernel frees it however the process ends.

    Raises:
        InputError: If what lies at its place is no regular file.
        EnvironmentFault: If another process holds it, or the file can't be made.
    """
    with explain_os_errors(run.lock, doing="lock", safe="the run is unchanged"):
        descriptor = open_without_links(run.lock, os.O_RDWR | os.O_CREAT, _MAX_BYTES)
    try:
        with explain_os_errors(run.lock, doing="lock", safe="the run is unchanged"):
            _acquire(descriptor, run)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_running(run: RunDirectory) -> bool:
    """Return whether a process holds the lock of ``run``.

    Raises:
        InputError: If what lies at its place is no regular file.
        EnvironmentFault: If the file of the lock may not be read.
    """
    with explain_os_errors(run.lock, doing="look at", safe="the run is unchanged"):
        try:
            descriptor = open_without_links(run.lock, os.O_RDONLY, _MAX_BYTES)
        except FileNotFoundError:
            return False
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, run: RunDirectory) -> None:
    """Lock for this process alone; a few attempts, since `is_running` holds it for a moment."""
    for _ in range(_ATTEMPTS):
        if _try_lock(descriptor, fcntl.LOCK_EX):
            return
        time.sleep(_SECONDS_BETWEEN)
    text = os.pread(descriptor, _MAX_BYTES, 0).decode(errors="replace").strip()
    pid, _, host = text.partition(" ")
    holder = f"process {pid} on {host}" if host and text.isprintable() else "another process"
    raise EnvironmentFault(
        f"the run {run.path} is in use by {holder}",
        hint="wait for it to end, stop it, or choose another run",
    )


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
