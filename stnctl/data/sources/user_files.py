"""Files that a user names: looked at before they are opened."""

import contextlib
import itertools
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from stnctl.errors import EnvironmentFault, InputError, did_you_mean
from stnctl.storage.bounded_reader import BoundedReader

MAX_BYTES = 2**31
"""The most that one source may unpack to: 2 GiB."""

MAX_RATIO = 200
"""The most that a file above `RATIO_FLOOR` may grow by unpacking. MNIST grows fivefold."""

RATIO_FLOOR = 2**24
"""Up to 16 MiB anything may grow: small arrays of zeros pack a thousandfold."""

_SIBLINGS_READ = 1000


def open_user_file(path: Path, what: str) -> BoundedReader:
    """Open a regular file to read. A FIFO or a device is refused before it could block.

    Args:
        path: The file; links are followed.
        what: What it should be, for the message: "image", "data set".

    Raises:
        InputError: If it is missing, a folder, or no regular file.
        EnvironmentFault: If there is no permission to read it.
    """
    _refuse_others(path, what, file_mode(path, what))
    with _explaining(path, what):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    file = open(descriptor, "rb", buffering=0)  # noqa: PTH123, SIM115 - the reader closes it
    try:
        _refuse_others(path, what, os.fstat(descriptor).st_mode)
        with _explaining(path, what):
            return BoundedReader(file, f"{what} {path}")
    except BaseException:
        file.close()
        raise


def _refuse_others(path: Path, what: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "no regular file (a pipe, socket or device)"
        raise InputError(f"{what} {path} is {kind}", hint="name a file")


def file_mode(path: Path, what: str, words: Iterable[str] = ()) -> int:
    """Return the mode of what lies at ``path``, links followed, for the tests of `stat`.

    Args:
        path: Where to look.
        what: What it should be, for the message.
        words: Names that would have done as well as a path.

    Raises:
        InputError: If there is nothing.
        EnvironmentFault: If there is no permission to look.
    """
    with _explaining(path, what, words):
        return path.stat().st_mode


@contextlib.contextmanager
def _explaining(path: Path, what: str, words: Iterable[str] = ()) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise missing_file_error(path, what, words) from None
    except PermissionError as error:
        raise EnvironmentFault(
            f"no permission to read {what} {path}", hint="check its permissions and its folder's"
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{what} {path} can't be read: {reason}") from error


def missing_file_error(path: Path, what: str, words: Iterable[str] = ()) -> InputError:
    """Return the error for a path that does not exist, with the nearest name beside it.

    Args:
        path: What was looked for.
        what: What it should be: "image", "data set".
        words: Names that would have done as well as a path.
    """
    if path.is_symlink():
        return InputError(
            f"{what} {path} is a link to {path.readlink()}, which does not exist",
            hint="check where it leads",
        )
    siblings: list[str] = []
    with contextlib.suppress(OSError, ValueError):
        siblings = [entry.name for entry in itertools.islice(path.parent.iterdir(), _SIBLINGS_READ)]
    words = list(words)
    also = f", and it is none of {', '.join(words)}" if words else ""
    near = did_you_mean(path.name, [*words, *siblings])
    return InputError(f"{what} {path} does not exist{also}{near}", hint="check the path")


def check_growth(where: str, packed: int, unpacked: int) -> None:
    """Refuse what would unpack to too much, before it is unpacked.

    Args:
        where: File and array, for the message.
        packed: Bytes on disk.
        unpacked: Bytes that it claims to hold.

    Raises:
        InputError: If that is above `MAX_BYTES`, or above `RATIO_FLOOR` and `MAX_RATIO` times
            what is on disk.
    """
    if unpacked > MAX_BYTES:
        raise InputError(f"{where} holds {unpacked:,} bytes, expected at most {MAX_BYTES:,}")
    if unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * packed:
        raise InputError(
            f"{where} would grow from {packed:,} to {unpacked:,} bytes, "
            f"expected at most {MAX_RATIO} times what is on disk",
            hint="store it without compression if it is meant to be so",
        )
