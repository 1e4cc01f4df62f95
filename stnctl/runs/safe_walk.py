"""Checks and cleanup of the files and folders of a run that may be untrusted.

No link is followed.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from stnctl.errors import InputError
from stnctl.runs.directory import RunDirectory
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.temporary import (
    TEMPORARY_PREFIX,
    list_temporary,
    remove_temporary,
    remove_unless_open,
)

_MAX_ENTRIES = 10_000


def safe_walk(folder: Path) -> Iterator[Path]:
    """Yield all files, folders and links inside ``folder``, at any depth. No link is followed.

    Nothing is yielded if ``folder`` is missing or a link. A folder that a training renames or
    removes during the call is skipped.

    Raises:
        InputError: If there are more than 10,000 files and folders.
        OSError: If a folder can't be read.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    num_entries, waiting = 0, [folder]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                num_entries += 1
                if num_entries > _MAX_ENTRIES:
                    raise InputError(
                        f"{folder} has too many files and folders, expected at most "
                        f"{_MAX_ENTRIES:,}"
                    )
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                yield Path(entry.path)


def check_entries(run: RunDirectory) -> None:
    """Raise if a path of ``run`` that is read or written is a link, or of the wrong kind.

    The kinds are regular file and folder.

    Raises:
        InputError: If there is such a path, or the run has too many files and folders.
        EnvironmentFault: If there is no permission to read a folder.
    """
    records = (run.metrics, run.times, run.snapshots, run.history, run.report, run.log)
    files = (run.config, run.run, *records, run.lock, run.model)
    folders = (run.checkpoints, run.eval, run.inspect)
    with explain_os_errors(run.path, doing="check the files in", safe="nothing was changed"):
        for path in chain(files, folders, *map(safe_walk, folders)):
            if path.is_symlink():
                raise InputError(
                    f"{path} is a symbolic link, and links in a run are not followed",
                    hint="replace the link with its target, if you trust it",
                )
        for path in files:
            _check_kind(path, path.is_file(), "a regular file")
        for path in folders:
            _check_kind(path, path.is_dir(), "a folder")


def remove_leftovers(run: RunDirectory) -> None:
    """Remove the leftover temporary files of killed processes in ``run``, and nothing else.

    Their names are ``.tmp-*``. They are in the folder of the run, in its checkpoints, and at any
    depth in its evaluations and inspections. A file that another process is writing stays.

    Args:
        run: The run. The caller must hold its lock.

    Raises:
        InputError: If the run has too many files and folders.
        EnvironmentFault: If a file or folder can't be read or removed.
    """
    with explain_os_errors(
        run.path, doing="remove leftover files in", safe="the other files are unchanged"
    ):
        remove_temporary(run.checkpoints)
        for leftover in [*list_temporary(run.path), *_temporary_below(run)]:
            remove_unless_open(leftover)


def _check_kind(path: Path, is_kind: bool, expected: str) -> None:
    if not is_kind and os.path.lexists(path):
        raise InputError(f"{path} is not {expected}", hint="move it out of the run")


def _temporary_below(run: RunDirectory) -> Iterator[Path]:
    for folder in (run.eval, run.inspect):
        yield from (path for path in safe_walk(folder) if path.name.startswith(TEMPORARY_PREFIX))
