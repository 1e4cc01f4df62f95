"""Creation of a run: its folder appears under its name with its first files, or not at all.

The files are written to a folder with a temporary name, which is then renamed. So no other process
sees an incomplete run, and a creation that fails leaves nothing behind. The process that creates a
run holds its lock from the first moment.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from stnctl.errors import UsageError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked, run_lock
from stnctl.runs.naming import check_valid, planned_names
from stnctl.storage.atomic import fsync_directory, replacing, write_synced
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.temporary import old_temporary, remove_unless_open, temporary_beside

FirstFiles = Callable[[RunDirectory], Mapping[Path, bytes]]
"""Function from a run to its first files: path of a file in the run -> its content."""

_IGNORE = ".gitignore"
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)


@contextmanager
def new_run(
    runs_dir: Path, name: str | None, stem: str, now: datetime, first_files: FirstFiles
) -> Iterator[RunDirectory]:
    """Create a run, and hold its lock during the block.

    Args:
        runs_dir: The folder of all runs. It is created if it does not exist.
        name: Name of the run. If it is None, the run gets the name of `planned_name`, with a number
            added if this name is taken. An empty folder does not take a name.
        stem: First part of a planned name.
        now: Time in a planned name.
        first_files: Returns the files with which the run appears.

    Raises:
        UsageError: If ``name`` is not valid, or is taken.
        EnvironmentFault: If a folder or a file can't be created. Nothing is left behind.
    """
    check_name(runs_dir, name)
    candidates = planned_names(stem, now) if name is None else iter([name])
    with ExitStack() as lock:
        with explain_os_errors(runs_dir, doing="create a run in", safe="no run was created"):
            run = _create(runs_dir, candidates, first_files, lock)
        yield run


def check_name(runs_dir: Path, name: str | None) -> None:
    """Raise if a new run can't have this name. None stands for a planned name, and passes.

    Raises:
        UsageError: If the name is not valid, or is taken.
    """
    if name is not None:
        check_valid(name)
        if not _is_free(runs_dir / name):
            raise _taken(RunDirectory(runs_dir / name))


def free_name(runs_dir: Path, stem: str, now: datetime) -> str:
    """Return the name that a new run gets if none is given, as in `new_run`."""
    return next(name for name in planned_names(stem, now) if _is_free(runs_dir / name))


def make_runs_dir(runs_dir: Path) -> None:
    """Create the folder of all runs if it does not exist, with a .gitignore that hides its content.

    Raises:
        OSError: If the folder or its .gitignore can't be created.
    """
    try:
        runs_dir.mkdir(parents=True)
    except FileExistsError:
        return
    with replacing(runs_dir / _IGNORE) as file:
        file.write(b"*\n")


def _create(
    runs_dir: Path, candidates: Iterator[str], first_files: FirstFiles, lock: ExitStack
) -> RunDirectory:
    """Return a new run with the first free name. Its lock is added to ``lock``."""
    with _made_runs_dir(runs_dir), _temporary_folder(runs_dir) as folder:
        for candidate in candidates:
            path = runs_dir / candidate
            if not _is_free(path):
                continue
            for file, content in first_files(RunDirectory(path)).items():
                (folder / file.name).unlink(missing_ok=True)
                write_synced(folder / file.name, content)
            lock.enter_context(run_lock(RunDirectory(folder)))
            fsync_directory(folder)
            if _renamed(folder, path):
                return RunDirectory(path)
            lock.close()
        raise _taken(RunDirectory(path))


def _renamed(folder: Path, path: Path) -> bool:
    """Rename ``folder``, and return whether ``path`` was free: missing, or an empty folder."""
    try:
        folder.rename(path)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    try:
        fsync_directory(path.parent)
    except OSError:
        path.rename(folder)
        raise
    return True


@contextmanager
def _made_runs_dir(runs_dir: Path) -> Iterator[None]:
    """Create the folder of all runs for the block. If the block fails, a new folder is removed."""
    folders = (runs_dir, *runs_dir.parents)
    made = [folder for folder in folders if not os.path.lexists(folder)]
    try:
        make_runs_dir(runs_dir)
        _remove_leftovers(runs_dir)
        yield
    except BaseException:
        with suppress(OSError):
            if made and {path.name for path in runs_dir.iterdir()} == {_IGNORE}:
                (runs_dir / _IGNORE).unlink()
        for folder in made:
            with suppress(OSError):  # another process has created a run in it
                folder.rmdir()
        raise


def _remove_leftovers(runs_dir: Path) -> None:
    """Remove the leftovers of killed creations of runs, and ignore errors."""
    for leftover in old_temporary(runs_dir):
        shutil.rmtree(leftover, ignore_errors=True)
        with suppress(OSError):
            remove_unless_open(leftover)


@contextmanager
def _temporary_folder(parent: Path) -> Iterator[Path]:
    """Create a folder with a temporary name; after the block, remove it, unless it was renamed."""
    folder = temporary_beside(parent / "any")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # rmtree can't open a folder that the umask leaves unreadable
            folder.rmdir()


def _is_free(path: Path) -> bool:
    """Return whether nothing has this path, or only an empty folder, which a rename replaces."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            return not any(path.iterdir())
    return not os.path.lexists(path)


def _taken(run: RunDirectory) -> UsageError:
    if not run.is_run:
        hint = "it is not a run, and stays as it is: choose another name"
    elif is_locked(run):
        hint = "another process is training it: choose another name"
    else:
        hint = f"choose another name, or resume it: stnctl train --resume {run.path}"
    return UsageError(f"{run.path} exists already", hint=hint)
