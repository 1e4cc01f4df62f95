"""Files that a command is to write, looked at before the work begins."""

import os
from pathlib import Path

from stnctl.errors import EnvironmentFault, UsageError


def check_destination(path: Path, suffix: str, *, force: bool) -> Path:
    """Return where ``path`` leads to, links followed.

    Args:
        path: As it was given with ``--output``.
        suffix: What it must end with.
        force: Whether an earlier file may be replaced.

    Raises:
        UsageError: If it ends otherwise, is a folder or no regular file, or is there already.
        EnvironmentFault: If its folder is missing.
    """
    if path.suffix.lower() != suffix:
        raise UsageError(f"--output: expected a {suffix} file, got {path}")
    check_place(path)
    if path.exists() and not force:
        raise UsageError(f"{path} exists already", hint="replace it with --force")
    return real_path(path)


def check_place(path: Path) -> None:
    """Refuse a path that no file can have.

    Raises:
        UsageError: If it is a folder or no regular file.
        EnvironmentFault: If its folder is missing.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name a file")
    if path.exists() and not path.is_file():
        raise UsageError(
            f"{path} is no regular file, but a pipe, socket or device", hint="name a file"
        )
    folder = real_path(path).parent if path.is_symlink() else path.parent
    if not folder.is_dir():
        raise EnvironmentFault(
            f"can't write {path}: there is no folder {folder}", hint="make the folder first"
        )


def real_path(path: Path) -> Path:
    """Return the path that ``path`` leads to, links followed; one in a circle of them stays."""
    return Path(os.path.realpath(path))
