"""Atomic writes: at any moment, also after a crash, a path has the complete old or new file."""

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from stnctl.storage.disk import explain_os_errors
from stnctl.storage.temporary import temporary_beside


def atomic_write(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` as `atomic_writer` does.

    Args:
        path: The file. Its folder must exist. A link at ``path`` is replaced, never followed.
        data: The complete content.

    Raises:
        EnvironmentFault: As in `atomic_writer`.
    """
    with atomic_writer(path) as file:
        file.write(data)


@contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that replaces ``path`` when the block ends without an error.

    The new file is on the disk before it gets the name ``path``. When the block has ended, the name
    is on the disk too, so a power failure can't undo the replacement. A file that replaces another
    one has its permissions.

    Args:
        path: The file. Its folder must exist. A link at ``path`` is replaced, never followed.

    Raises:
        EnvironmentFault: If the block or the disk raises an OSError. The message states whether
            ``path`` is the unchanged earlier file or the complete new one.
    """
    with explain_os_errors(path, safe=_unchanged_note(path)), replacing(path) as file:
        yield file
    with explain_os_errors(
        path.parent, safe=f"{path.name} is new and complete, but may be lost in a power failure"
    ):
        fsync_directory(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that replaces ``path`` when the block ends.

    After an error in the block, the new file is removed instead.

    Until the block ends, the new file has a temporary name beside ``path``. So several processes
    can write ``path`` at once, and ``path`` is never incomplete. A power failure can undo the
    replacement until the caller has called `fsync_directory`.

    Raises:
        OSError: If the file can't be written.
    """
    temporary = temporary_beside(path)
    try:
        with _new_locked_file(temporary, _permissions(path)) as file:
            yield file
            _sync(file)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file, and wait until its content is on the disk.

    Args:
        path: The file. No file or link may exist at this path.
        data: The complete content.

    Raises:
        OSError: If ``path`` exists, or can't be written.
    """
    with _new_file(path) as file:
        file.write(data)
        _sync(file)


def fsync_directory(path: Path) -> None:
    """Wait until the names of the files in the folder ``path`` are on the disk.

    Raises:
        OSError: If the folder can't be opened or flushed.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flush_to_disk(descriptor)
    finally:
        os.close(descriptor)


def flush_to_disk(descriptor: int) -> None:
    """Wait until the content of an open file or folder is on the disk.

    On macOS, `os.fsync` may leave it in the cache of the disk; ``F_FULLFSYNC`` empties the cache.

    Raises:
        OSError: If it can't be flushed.
    """
    os.fsync(descriptor)
    if sys.platform == "darwin":
        with suppress(OSError):  # some disks have no such command
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)


def _unchanged_note(path: Path) -> str:
    """Return the state of ``path`` after a failed write, as the argument ``safe`` of a message."""
    return (
        f"the earlier {path.name} is unchanged" if os.path.lexists(path) else "nothing was written"
    )


def _permissions(path: Path) -> int | None:
    """Return the permissions of a regular file; None if there is no such file."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_mode & 0o777 if stat.S_ISREG(status.st_mode) else None


def _new_file(path: Path, permissions: int | None = None) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    file = os.fdopen(os.open(path, flags, 0o666 if permissions is None else 0o600), "wb")
    if permissions is not None:
        try:
            os.fchmod(file.fileno(), permissions)
        except OSError:
            file.close()
            raise
    return file


def _new_locked_file(path: Path, permissions: int | None) -> BinaryIO:
    """Open a new file with a lock, so that `remove_unless_open` leaves it alone.

    ``permissions`` are those of the file; None for the default ones.
    """
    while True:
        with ExitStack() as opened:
            file = opened.enter_context(_new_file(path, permissions))
            with suppress(OSError):  # some disks have no locks
                fcntl.flock(file, fcntl.LOCK_SH)
            if os.fstat(file.fileno()).st_nlink:
                opened.pop_all()
                return file
        # another process removed the file as a leftover before it was locked


def _sync(file: BinaryIO) -> None:
    file.flush()
    flush_to_disk(file.fileno())
