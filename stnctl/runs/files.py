"""Files that are written whole or not at all, with one kind of error."""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from stnctl.errors import EnvironmentFault

TEMPORARY_PREFIX = ".tmp-"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_PERMISSION = (errno.EACCES, errno.EPERM, errno.EROFS)


def atomic_write(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that a reader or a crash sees the old file or the new one.

    The data goes to a temporary file beside ``path``, to the disk, and then takes the name. A
    link at ``path`` is replaced, never followed.

    Args:
        path: The file. Its folder exists.
        data: The whole content.

    Raises:
        EnvironmentFault: If it can't be written. The earlier file is then unchanged.
    """
    with reporting(path, safe=what_stays(path)), replacing(path) as file:
        file.write(data)
    with reporting(
        path.parent, safe=f"{path.name} is new and whole, but may not outlast a power cut"
    ):
        fsync_directory(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` if the block ends well, else vanishes.

    It lies beside ``path`` under a name of its own, so that any number of processes may do the
    same at once, and ``path`` is whole at every moment.

    Raises:
        OSError: If it can't be written.
    """
    temporary = temporary_beside(path)
    try:
        with _new_locked_file(temporary) as file:
            yield file
            _sync(file)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are missing.

    Raises:
        EnvironmentFault: If it can't be made.
    """
    with reporting(path, doing="make", safe="nothing was changed"):
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
    with reporting(folder, doing="write in", safe="nothing was changed"):
        temporary = temporary_beside(place / "any")
        _new_file(temporary).close()
        temporary.unlink()


def nearest_existing(path: Path) -> Path:
    """Return ``path``, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it; ``path`` must not exist, not as a link.

    Raises:
        OSError: If it can't be written.
    """
    with _new_file(path) as file:
        file.write(data)
        _sync(file)


def fsync_directory(path: Path) -> None:
    """Wait until the disk has the names in the folder ``path``.

    Raises:
        OSError: If it can't be done.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def temporary_beside(path: Path) -> Path:
    """Return a new name in the folder of ``path`` that `stnctl.runs.prune` may remove."""
    return path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}")


def what_stays(path: Path) -> str:
    """Return what is still as it was if ``path`` can't be written, for `reporting`."""
    return (
        f"the earlier {path.name} is unchanged" if os.path.lexists(path) else "nothing was written"
    )


@contextmanager
def reporting(path: Path, *, safe: str, doing: str = "write") -> Iterator[None]:
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


def _new_file(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    return os.fdopen(descriptor, "wb")


def _new_locked_file(path: Path) -> BinaryIO:
    """Open a new file that `stnctl.runs.tidy` leaves alone, since it is locked."""
    while True:
        file = _new_file(path)
        with suppress(OSError):  # some disks have no locks
            fcntl.flock(file, fcntl.LOCK_SH)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # it was taken for a leftover before it was locked


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
