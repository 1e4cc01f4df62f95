"""Checks of output paths, before a command computes its result.

Every command that writes files outside the folder of runs uses these checks: an existing file is
replaced only with ``--force``. In the folder of runs, a command replaces its own earlier files.
"""

import os
from pathlib import Path

from stnctl.errors import EnvironmentFault, UsageError


def check_destination(path: Path, suffix: str, *, force: bool, option: str = "--output") -> Path:
    """Check an output path, and return it with symbolic links resolved.

    Args:
        path: Value of the option.
        suffix: Expected suffix, with its dot.
        force: Whether an existing file may be replaced.
        option: Name of the option.

    Raises:
        UsageError: If ``path`` has another suffix, is a folder, a pipe, a socket or a device, or
            exists and ``force`` is not set.
        EnvironmentFault: If the folder of ``path`` does not exist.
    """
    if path.suffix.lower() != suffix:
        raise UsageError(f"{option}: expected a {suffix} file, got {path}")
    check_place(path, force=force)
    return real_path(path)


def check_place(path: Path, *, force: bool) -> None:
    """Check that a file can be written at ``path``.

    Args:
        path: The file. A link is followed.
        force: Whether an existing file may be replaced.

    Raises:
        UsageError: If ``path`` is a folder, a pipe, a socket or a device, or exists and ``force``
            is not set.
        EnvironmentFault: If the folder of ``path`` does not exist.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder, expected a file", hint="name a file in it")
    if path.exists() and not path.is_file():
        raise UsageError(
            f"{path} is a pipe, socket or device, expected a regular file",
            hint="name another file",
        )
    if path.exists() and not force:
        raise UsageError(
            f"{path} exists already", hint="replace it with --force, or name another file"
        )
    folder = real_path(path).parent if path.is_symlink() else path.parent
    if not folder.is_dir():
        raise EnvironmentFault(
            f"can't write {path}: there is no folder {folder}", hint="create the folder first"
        )


def check_folder(path: Path, own_file: str, *, force: bool) -> None:
    """Check that a command can write its folder ``path``.

    Args:
        path: The folder.
        own_file: Name of a file that shows that the command has written an existing folder.
        force: Whether such a folder may be replaced.

    Raises:
        UsageError: If ``path`` exists and ``force`` is not set, or the command has not written it.
        EnvironmentFault: If the folder of ``path`` does not exist.
    """
    if os.path.lexists(path):
        if path.is_symlink() or not (path / own_file).is_file():
            raise UsageError(
                f"{path} exists already, and is no folder with the file {own_file}",
                hint="name another folder",
            )
        if not force:
            raise UsageError(
                f"{path} exists already", hint="replace it with --force, or name another folder"
            )
    if not path.parent.is_dir():
        raise EnvironmentFault(
            f"can't write {path}: there is no folder {path.parent}", hint="create it first"
        )


def real_path(path: Path) -> Path:
    """Return ``path`` with symbolic links resolved, except circular ones."""
    return Path(os.path.realpath(path))
