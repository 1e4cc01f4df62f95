"""Read files of a run that a stranger may have made: plain files of a sane size, never links."""

import errno
import os
import stat
from pathlib import Path

from stnctl.errors import EnvironmentFault, InputError

_NOT_A_FILE = {
    errno.ELOOP: "is a symbolic link, not a file of the run",
    errno.EISDIR: "is not a regular file",
    errno.ENXIO: "is not a regular file",
}


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Return the content of a regular file.

    Args:
        path: The file.
        max_bytes: The most that it may hold.

    Raises:
        InputError: If there is no such file, it is refused as by `open_without_links`, or the disk
            can't read it.
        EnvironmentFault: If the file may not be read.
    """
    try:
        with os.fdopen(open_without_links(path, os.O_RDONLY, max_bytes), "rb", buffering=0) as file:
            return file.readall()
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist") from error
    except PermissionError as error:
        raise EnvironmentFault(
            f"can't read {path}: {error.strerror}", hint=f"check the permissions of {path}"
        ) from error
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from error


def open_without_links(path: Path, flags: int, max_bytes: int) -> int:
    """Return the descriptor of a regular file, opened without following a link or waiting.

    What is looked at is what was opened, so that no other file can come in between.

    Args:
        path: The file.
        flags: As in `os.open`.
        max_bytes: The most that it may hold.

    Raises:
        InputError: If it is a link, a folder, a pipe or a device, or larger than ``max_bytes``.
        OSError: If it can't be opened.
    """
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if what := _NOT_A_FILE.get(error.errno or 0):
            raise InputError(f"{path} {what}") from error
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise InputError(f"{path} is not a regular file")
    if status.st_size > max_bytes:
        os.close(descriptor)
        raise InputError(
            f"{path} has {status.st_size:,} bytes, more than the {max_bytes:,} allowed"
        )
    return descriptor
