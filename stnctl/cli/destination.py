"""A file that a command is to write, looked at before the work begins."""

from pathlib import Path

from stnctl.cli.warping.outputs import real_path
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
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name a file")
    if path.exists() and not path.is_file():
        raise UsageError(
            f"{path} is no regular file, but a pipe, socket or device", hint="name a file"
        )
    if path.exists() and not force:
        raise UsageError(f"{path} exists already", hint="replace it with --force")
    target = real_path(path)
    if not target.parent.is_dir():
        raise EnvironmentFault(
            f"can't write {path}: there is no folder {target.parent}", hint="make the folder first"
        )
    return target
