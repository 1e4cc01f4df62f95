"""Opening and reading of regular files. Folders, pipes, sockets and devices are rejected."""

import errno
import os
import stat
from pathlib import Path
from typing import Literal

from stnctl.errors import EnvironmentFault, InputError

FileKind = Literal["symbolic link", "folder", "special file", "large file"]
"""Reason to reject a path. A special file is a pipe, a socket or a device."""


class RejectedFileError(InputError):
    """A path that is rejected: not a regular file, or a file above the size limit.

    Attributes:
        kind: The reason for the rejection, so that a caller can write its own message.
    """

    def __init__(self, message: str, kind: FileKind) -> None:
        """Store the message and the reason."""
        super().__init__(message)
        self.kind = kind


def read_regular_file(path: Path, max_bytes: int) -> bytes:
    """Return the content of a regular file. A symbolic link is rejected.

    Args:
        path: The file.
        max_bytes: Maximum size of the file in bytes.

    Raises:
        InputError: If the file does not exist, is rejected by `open_regular_file`, or can't be read
            from the disk.
        EnvironmentFault: If there is no permission to read the file.
    """
    try:
        descriptor = open_regular_file(path, follow_links=False, max_bytes=max_bytes)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            return file.readall()
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist") from error
    except PermissionError as error:
        raise EnvironmentFault(
            f"can't read {path}: {error.strerror}", hint=f"check the permissions of {path}"
        ) from error
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from error


def open_regular_file(
    path: Path, flags: int = os.O_RDONLY, *, follow_links: bool, max_bytes: int | None = None
) -> int:
    """Return the descriptor of a regular file. The call does not wait for the writer of a pipe.

    The checks use the opened descriptor, so that no other file can take its place between check and
    use.

    Args:
        path: The file.
        flags: Flags of `os.open`; default ``os.O_RDONLY``.
        follow_links: Whether ``path`` itself may be a symbolic link.
        max_bytes: Maximum size of the file in bytes, or None for no limit.

    Raises:
        RejectedFileError: If ``path`` is a link that may not be followed, a folder, a pipe, a
            socket or a device, or is larger than ``max_bytes``.
        OSError: If the file can't be opened.
    """
    no_follow = 0 if follow_links else os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK | no_follow, 0o666)
    except OSError as error:
        if kind := _kind_of_error(error, follow_links):
            raise _rejected(path, kind) from error
        raise
    try:
        _check(path, os.fstat(descriptor), max_bytes)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check(path: Path, status: os.stat_result, max_bytes: int | None) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _rejected(path, "folder" if stat.S_ISDIR(status.st_mode) else "special file")
    if max_bytes is not None and status.st_size > max_bytes:
        raise RejectedFileError(
            f"{path} has {status.st_size:,} bytes, expected at most {max_bytes:,}", "large file"
        )


def _kind_of_error(error: OSError, follow_links: bool) -> FileKind | None:
    match error.errno:
        case errno.ELOOP if not follow_links:
            return "symbolic link"
        case errno.EISDIR:
            return "folder"
        case errno.ENXIO | errno.EOPNOTSUPP:  # a socket (on macOS the second), a pipe
            return "special file"
    return None


def _rejected(path: Path, kind: FileKind) -> RejectedFileError:
    found = "pipe, socket or device" if kind == "special file" else kind
    return RejectedFileError(f"{path} is a {found}, expected a regular file", kind)
