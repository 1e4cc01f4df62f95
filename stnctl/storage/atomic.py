"""Files that are written whole or not at all, with one kind of error."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from stnctl.storage.disk import explain_os_errors
from stnctl.storage.temporary import temporary_beside


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
    with explain_os_errors(path, safe=unchanged_note(path)), replacing(path) as file:
        file.write(data)
    with explain_os_errors(
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


def unchanged_note(path: Path) -> str:
    """Return what is still as it was if ``path`` can't be written, for `explain_os_errors`."""
    return (
        f"the earlier {path.name} is unchanged" if os.path.lexists(path) else "nothing was written"
    )


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
