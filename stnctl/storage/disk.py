"""Disk space, folders and permissions, and operating-system errors in the words of a message."""

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
    """Turn an OSError of the body into an EnvironmentFault.

    Args:
        path: What the body works on.
        safe: What is still as it was, for the message.
        doing: What the body does to ``path``, for the message.

    Raises:
        EnvironmentFault: It names the path, the cause, what is safe, and, if the disk is full,
            how much of it is free.
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
    """Refuse to begin what the disk of ``folder``, which may be missing yet, has no room for.

    A disk that does not tell its size passes. A quota may still be met when it is written to.

    Raises:
        EnvironmentFault: If fewer than ``num_bytes`` are free.
    """
    with explain_os_errors(folder, doing="look at", safe="nothing was changed"):
        disk = os.statvfs(nearest_existing(folder))
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < num_bytes:
        raise EnvironmentFault(
            f"the disk of {folder} has {free:,} bytes free, {num_bytes:,} are needed; "
            "nothing was changed",
            hint="free some space on the disk, then run the command again",
        )


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are missing.

    Raises:
        EnvironmentFault: If it can't be made.
    """
    with explain_os_errors(path, doing="make", safe="nothing was changed"):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise _occupied(path) from error


def check_writable(folder: Path) -> None:
    """Refuse a folder, which may be missing yet, in which nothing can be written; nothing is left.

    Raises:
        EnvironmentFault: If a file in it, or in the nearest folder above that is there, can't be.
    """
    place = nearest_existing(folder)
    if not place.is_dir():
        raise _occupied(folder)
    with explain_os_errors(folder, doing="write in", safe="nothing was changed"):
        temporary = temporary_beside(place / "any")
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666))
        temporary.unlink()


def nearest_existing(path: Path) -> Path:
    """Return ``path``, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))


def _occupied(path: Path) -> EnvironmentFault:
    places = [path, *path.parents]
    file = next(place for place in places if os.path.lexists(place) and not place.is_dir())
    return EnvironmentFault(
        f"can't make the folder {path}: {file} is there and is not a folder; nothing was changed",
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
