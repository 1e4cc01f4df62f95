"""What a killed process leaves: temporary files and folders that never took their names."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from stnctl.runs.directory import RunDirectory
from stnctl.runs.files import TEMPORARY_PREFIX, reporting, temporary_beside
from stnctl.runs.walk import walk


def tidy(run: RunDirectory) -> None:
    """Remove the leftovers of killed processes in ``run``; nothing else, and nothing through links.

    Those are ``.tmp-*`` in the folder of the run, in its checkpoints, and anywhere in its
    evaluations and inspections. A file that another process is writing stays.

    Args:
        run: The run. The caller holds its lock.

    Raises:
        InputError: If the run holds more entries than any run does.
        EnvironmentFault: If something can't be read or removed.
    """
    with reporting(run.path, doing="tidy", safe="the run is unchanged"):
        remove_temporary(run.checkpoints)
        for leftover in [*_temporary(run.path), *_temporary_below(run)]:
            remove_unless_open(leftover)


def discard(folder: Path) -> None:
    """Give ``folder``, if it is there, a name that `remove_temporary` takes.

    So none is ever half removed under its own name.

    Raises:
        OSError: If it can't be renamed.
    """
    if folder.exists():
        folder.rename(temporary_beside(folder))


def remove_temporary(folder: Path) -> None:
    """Remove the leftovers in ``folder``, where only the holder of the run's lock writes.

    Raises:
        OSError: If one can't be removed.
    """
    for leftover in _temporary(folder):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def remove_unless_open(leftover: Path) -> None:
    """Remove a regular file that nobody holds: whoever writes one has it locked.

    Raises:
        OSError: If it can't be removed.
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


def _temporary(folder: Path) -> list[Path]:
    return [] if folder.is_symlink() else list(folder.glob(f"{TEMPORARY_PREFIX}*"))


def _temporary_below(run: RunDirectory) -> Iterator[Path]:
    for folder in (run.eval, run.inspect):
        yield from (path for path in walk(folder) if path.name.startswith(TEMPORARY_PREFIX))
