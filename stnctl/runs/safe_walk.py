"""Walk the folder of a run that a stranger may have made."""

import os
from collections.abc import Callable, Iterator
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
    """Yield all that lies in ``folder`` and below it, without following links; nothing if missing.

    A training may rename or remove a folder meanwhile, which is then left out.

    Raises:
        InputError: If there is more than 10,000.
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
                    raise InputError(f"{folder} holds more than {_MAX_ENTRIES:,} files and folders")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                yield Path(entry.path)


def check_entries(run: RunDirectory) -> None:
    """Refuse a run in which a name that is read or written is a link, or no file or folder.

    Raises:
        InputError: If there is one, or the run holds more entries than any run does.
        EnvironmentFault: If a folder may not be read.
    """
    files = (run.config, run.run, run.metrics, run.times, run.log, run.lock, run.model, run.report)
    folders = (run.checkpoints, run.eval, run.inspect)
    with explain_os_errors(run.path, doing="look through", safe="nothing was changed"):
        for path in chain(files, folders, *map(safe_walk, folders)):
            if path.is_symlink():
                raise InputError(
                    f"{path} is a symbolic link; a run has none, so it may lead anywhere",
                    hint="put what it leads to in its place, if you trust it",
                )
        for path in files:
            _refuse_unless(path.is_file, path, "a regular file")
        for path in folders:
            _refuse_unless(path.is_dir, path, "a folder")


def _refuse_unless(fits: Callable[[], bool], path: Path, expected: str) -> None:
    if not fits() and os.path.lexists(path):
        raise InputError(f"{path} is not {expected}", hint="move it out of the run")


def remove_leftovers(run: RunDirectory) -> None:
    """Remove the leftovers of killed processes in ``run``; nothing else, and nothing through links.

    Those are ``.tmp-*`` in the folder of the run, in its checkpoints, and anywhere in its
    evaluations and inspections. A file that another process is writing stays.

    Args:
        run: The run. The caller holds its lock.

    Raises:
        InputError: If the run holds more entries than any run does.
        EnvironmentFault: If something can't be read or removed.
    """
    with explain_os_errors(run.path, doing="tidy", safe="the run is unchanged"):
        remove_temporary(run.checkpoints)
        for leftover in [*list_temporary(run.path), *_temporary_below(run)]:
            remove_unless_open(leftover)


def _temporary_below(run: RunDirectory) -> Iterator[Path]:
    for folder in (run.eval, run.inspect):
        yield from (path for path in safe_walk(folder) if path.name.startswith(TEMPORARY_PREFIX))
