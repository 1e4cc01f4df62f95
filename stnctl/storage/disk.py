"""Disk space, folders, permissions, and messages for operating-system errors."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stnctl.errors import EnvironmentFault
from stnctl.storage.temporary import temporary_beside

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_PERMISSION = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def explain_os_errors(path: Path, *, safe: str, doing: str = "write") -> Iterator[None]:
    """Turn an OSError of the block into an EnvironmentFault.

    Args:
        path: The file or folder that the block works on.
        safe: The state after the error, for the message, such as "nothing was changed".
        doing: The verb of the action on ``path``, for the message; default "write".

    Raises:
        EnvironmentFault: If the block raises an OSError. The message has the path, the cause,
            ``safe`` and, if the disk is full, its free space.
    """
    try:
        yield
    except OSError as error:
        cause = error.strerror or str(error)
        if error.errno in NO_SPACE:
            cause += f" ({_free_bytes(path):,} bytes free)"
        raise EnvironmentFault(
            f"can't {doing} {path}: {cause}; {safe}", hint=_what_next(error.errno, path)
        ) from error


def check_space(folder: Path, num_bytes: int) -> None:
    """Raise if the disk of ``folder`` has too little free space. The folder need not exist.

    A disk that reports no size passes. Quotas are not checked, so a write can still fail.

    Raises:
        EnvironmentFault: If fewer than ``num_bytes`` are free, or the free space is unknown.
    """
    with explain_os_errors(folder, doing="check the free space of", safe="nothing was changed"):
        disk = os.statvfs(nearest_existing(folder))
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < num_bytes:
        raise EnvironmentFault(
            f"the disk of {folder} has {free:,} bytes free, {num_bytes:,} are needed; "
            "nothing was changed",
            hint="free some space on the disk, then run the command again",
        )


def make_folder(path: Path) -> None:
    """Create a folder and its missing parents, if it does not exist.

    Raises:
        EnvironmentFault: If a folder can't be created.
    """
    with explain_os_errors(path, doing="create", safe="nothing was changed"):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise _occupied(path) from error


def check_writable(folder: Path) -> None:
    """Raise if no file can be created in ``folder``, or in its nearest existing parent.

    The check creates a temporary file and removes it.

    Raises:
        EnvironmentFault: If the file can't be created, or the nearest existing path is no folder.
    """
    place = nearest_existing(folder)
    if not place.is_dir():
        raise _occupied(folder)
    with explain_os_errors(folder, doing="write in", safe="nothing was changed"):
        temporary = temporary_beside(place / "any")
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666))
        temporary.unlink()


def nearest_existing(path: Path) -> Path:
    """Return ``path`` if it exists, or else its nearest existing parent."""
    return next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))


def _occupied(path: Path) -> EnvironmentFault:
    places = [path, *path.parents]
    file = next(place for place in places if os.path.lexists(place) and not place.is_dir())
    return EnvironmentFault(
        f"can't create the folder {path}: {file} exists and is not a folder; nothing was changed",
        hint=f"move {file} away, or choose another folder",
    )


def _what_next(number: int | None, path: Path) -> str | None:
    if number in NO_SPACE:
        return "free some space on the disk, then run the command again"
    if number in NO_PERMISSION:
        return f"check the permissions of {path.parent}, or choose another folder"
    return None


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(nearest_existing(path.parent)).free
