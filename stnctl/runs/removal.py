"""Removal of runs. A killed removal leaves the whole run, or a leftover with a temporary name."""

import os
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock
from stnctl.storage.atomic import fsync_directory
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.temporary import temporary_beside


def remove_run(run: RunDirectory) -> None:
    """Remove the folder of a run, with all files in it. No link is followed.

    The folder first gets a temporary name, so that a part of a run never has its name. The leftover
    of a killed removal is removed when a later run is created.

    Raises:
        InputError: If the folder is no longer a run, or is a link.
        EnvironmentFault: If a process trains the run, or a file can't be removed.
    """
    with ExitStack() as lock:
        with suppress(InputError):  # of an untrusted run: a link or a pipe, held by no process
            lock.enter_context(run_lock(run))
        if run.path.is_symlink() or not run.is_run:
            raise InputError(f"{run.path} is not a run: it was not removed")
        leftover = temporary_beside(run.path)
        with explain_os_errors(run.path, doing="remove", safe="the run is unchanged"):
            run.path.rename(leftover)
            fsync_directory(leftover.parent)
    shutil.rmtree(leftover, ignore_errors=True)
    if os.path.lexists(leftover):
        raise EnvironmentFault(
            f"{run.path} was removed only in part: the rest is in {leftover}",
            hint=f"check the permissions in {leftover}, then remove it",
        )


def size_on_disk(folder: Path) -> int:
    """Return the bytes of all files in a folder. Files that can't be read are not counted."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - faster
            except OSError:
                continue
    return total
