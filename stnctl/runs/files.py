"""Files that are written whole or not at all, and read with one kind of error."""

import errno
import json
import math
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from stnctl.errors import EnvironmentFault, InputError

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
        with new_synced(temporary) as file:
            yield file
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
        path.mkdir(parents=True, exist_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` to ``path`` by `atomic_write`, as `json_bytes`.

    Args:
        path: The file. Its folder exists.
        value: What JSON can say.

    Raises:
        EnvironmentFault: If it can't be written. The earlier file is then unchanged.
        ValueError: If a number in it is not finite.
    """
    atomic_write(path, json_bytes(value))


def json_bytes(value: Any) -> bytes:
    """Return ``value`` as strict, indented JSON with a newline at its end.

    Raises:
        ValueError: If a number in it is not finite.
    """
    return (json.dumps(value, allow_nan=False, indent=2) + "\n").encode()


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object that ``path`` holds.

    Raises:
        InputError: If there is no such file, or it holds something else.
        EnvironmentFault: If the file may not be read.
    """
    return parse_json(read_bytes(path), str(path))


def parse_json(data: bytes, where: str) -> dict[str, Any]:
    """Return the object that ``data`` says in strict JSON.

    Args:
        data: UTF-8.
        where: The file, or the file and line, for the message.

    Raises:
        InputError: If it is not JSON, has a number that is not finite, or is not an object.
    """
    try:
        value = json.loads(data.decode(), parse_constant=_finite_float, parse_float=_finite_float)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise InputError(f"{where} must hold a JSON object, got {type(value).__name__}")
    return value


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises:
        InputError: If there is no such file, it is not a regular file, or the disk can't read it.
        EnvironmentFault: If the file may not be read.
    """
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise InputError(f"{path} {what}")
        return path.read_bytes()
    except PermissionError as error:
        raise EnvironmentFault(
            f"can't read {path}: {error.strerror}", hint=f"check the permissions of {path}"
        ) from error
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from error


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it; ``path`` must not exist, not as a link.

    Raises:
        OSError: If it can't be written.
    """
    with new_synced(path) as file:
        file.write(data)


@contextmanager
def new_synced(path: Path) -> Iterator[BinaryIO]:
    """Open a new file, and wait at the end until the disk has it.

    Raises:
        OSError: If ``path`` exists, also as a link, or it can't be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


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


def _what_next(number: int | None, path: Path) -> str | None:
    if number in NO_SPACE:
        return "free some space on the disk, then run the command again"
    if number in NO_PERMISSION:
        return f"check the permissions of {path.parent}, or choose another folder"
    return None


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(next(place for place in path.parents if place.exists())).free


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
