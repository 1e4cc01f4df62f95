"""Temporary files and folders, and the removal of those that killed processes have left."""

import fcntl
import os
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path

TEMPORARY_PREFIX = ".tmp-"

LEFTOVER_AGE = 3600.0
"""Age in seconds after which a temporary file that no process writes is a leftover."""


def temporary_beside(path: Path) -> Path:
    """Return a path with a new random temporary name, in the folder of ``path``."""
    return path.with_name(f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}")


def discard(folder: Path) -> None:
    """Rename ``folder``, if it exists, to a temporary name.

    `remove_temporary` removes it later. So a partly removed folder never has its original name.

    Raises:
        OSError: If the folder can't be renamed.
    """
    if folder.exists():
        folder.rename(temporary_beside(folder))


def remove_temporary(folder: Path) -> None:
    """Remove all temporary files and folders in ``folder``.

    No other process may write in ``folder`` during the call.

    Raises:
        OSError: If a file or folder can't be removed.
    """
    for leftover in list_temporary(folder):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def remove_unless_open(leftover: Path) -> None:
    """Remove a regular file, unless a process that is still writing it holds a lock on it.

    A path of another kind is left alone.

    Raises:
        OSError: If the file can't be removed.
    """
    with suppress(FileNotFoundError, BlockingIOError):
        if not stat.S_ISREG(leftover.lstat().st_mode):
            return
        descriptor = os.open(leftover, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
        finally:
            os.close(descriptor)


def list_temporary(folder: Path) -> list[Path]:
    """Return the temporary files and folders in ``folder``; none if ``folder`` is a link."""
    return [] if folder.is_symlink() else list(folder.glob(f"{TEMPORARY_PREFIX}*"))


def old_temporary(folder: Path) -> list[Path]:
    """Return the temporary files and folders in ``folder`` that are an hour old or older."""
    return [path for path in list_temporary(folder) if _age(path) > LEFTOVER_AGE]


def _age(path: Path) -> float:
    """Return the seconds since the last change of ``path``; 0 if it is missing by now."""
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return 0.0
