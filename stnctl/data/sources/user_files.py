"""Files that a user names: opening with checks, and a limit on their decompressed size."""

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from stnctl.errors import EnvironmentFault, InputError, did_you_mean
from stnctl.storage.bounded_reader import BoundedReader
from stnctl.storage.regular_file import RejectedFileError, open_regular_file

MAX_DECOMPRESSED_BYTES = 2**31
"""Maximum decompressed size of a source: 2 GiB."""

MAX_RATIO = 200
"""Maximum ratio of decompressed to stored size, for sizes above `RATIO_FLOOR`. MNIST has 5."""

RATIO_FLOOR = 2**24
"""Decompressed size, 16 MiB, up to which any ratio is valid. Zeros have a ratio of 1000."""

_MAX_SIBLINGS = 1000


def open_user_file(path: Path, what: str) -> BoundedReader:
    """Open a regular file to read.

    A pipe or a device is rejected without waiting for its data.

    Args:
        path: The file. Symbolic links are followed.
        what: The kind of file in messages: "image" or "data set".

    Raises:
        InputError: If the file is missing, or is not a regular file.
        EnvironmentFault: If there is no permission to read the file.
    """
    with _user_errors(path, what):
        file = os.fdopen(open_regular_file(path, follow_links=True), "rb", buffering=0)
        try:
            return BoundedReader(file, f"{what} {path}")
        except BaseException:
            file.close()
            raise


def file_mode(path: Path, what: str, names: Iterable[str] = ()) -> int:
    """Return the mode bits of a file or folder, for functions such as `stat.S_ISDIR`.

    Args:
        path: The path. Symbolic links are followed.
        what: The kind of file in messages.
        names: Names that the user may give instead of a path, for the message.

    Raises:
        InputError: If the path does not exist.
        EnvironmentFault: If there is no permission to read the path.
    """
    with _user_errors(path, what, names):
        return path.stat().st_mode


@contextlib.contextmanager
def _user_errors(path: Path, what: str, names: Iterable[str] = ()) -> Iterator[None]:
    try:
        yield
    except RejectedFileError as error:
        kind = "folder" if error.kind == "folder" else "pipe, socket or device"
        raise InputError(
            f"{what} {path} is a {kind}, expected a regular file", hint="name a file"
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise missing_file_error(path, what, names) from None
    except PermissionError as error:
        raise EnvironmentFault(
            f"no permission to read {what} {path}", hint="check its permissions and its folder's"
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{what} {path} can't be read: {reason}") from error


def missing_file_error(path: Path, what: str, names: Iterable[str] = ()) -> InputError:
    """Return the error for a path that does not exist, with a suggestion of the nearest name.

    Args:
        path: The path.
        what: The kind of file: "image" or "data set".
        names: Names that the user may give instead of a path.
    """
    if path.is_symlink():
        return InputError(
            f"{what} {path} is a link to {path.readlink()}, which does not exist",
            hint="check the target of the link",
        )
    siblings: list[str] = []
    with contextlib.suppress(OSError, ValueError):
        siblings = [entry.name for entry in itertools.islice(path.parent.iterdir(), _MAX_SIBLINGS)]
    names = list(names)
    expected = f", expected a path or one of {', '.join(names)}" if names else ""
    near = did_you_mean(path.name, [*names, *siblings])
    return InputError(f"{what} {path} does not exist{expected}{near}", hint="check the path")


def check_decompressed_size(where: str, stored: int, decompressed: int) -> None:
    """Check the decompressed size of a file or an array before it is decompressed.

    Args:
        where: Name of the file or the array, for the message.
        stored: Size on disk in bytes.
        decompressed: The declared size after decompression in bytes.

    Raises:
        InputError: If ``decompressed`` is above `MAX_DECOMPRESSED_BYTES`, or if it is above both
            `RATIO_FLOOR` and `MAX_RATIO` times ``stored``.
    """
    if decompressed > MAX_DECOMPRESSED_BYTES:
        raise InputError(
            f"{where} has {decompressed:,} bytes, expected at most {MAX_DECOMPRESSED_BYTES:,}"
        )
    if decompressed > RATIO_FLOOR and decompressed > MAX_RATIO * stored:
        raise InputError(
            f"{where} would decompress from {stored:,} to {decompressed:,} bytes, "
            f"expected at most {MAX_RATIO} times its size on disk",
            hint="if you trust the file, store it without compression",
        )
