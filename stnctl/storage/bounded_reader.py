"""A reader for parsers that trust the lengths and counts in a file."""

import io
import os

from stnctl.errors import InputError

MAX_READS = 1_000_000
"""Maximum number of reads of a small file. Each read costs a parser in Python time and memory."""

_SMALL = 2**16
"""Number of bytes that a read may request beyond the end of the file."""

_BYTES_PER_READ = 1024
"""The maximum number of reads grows by 1 for each block of this size in the file."""


class BoundedReader(io.BufferedReader):
    """A reader that requests few bytes beyond the end of the file, and limits the number of reads.

    A forged length in a damaged file would make a parser allocate that much memory, and many tiny
    parts would take it much time.

    Attributes:
        size: Size of the file in bytes.
        max_read_size: Maximum number of bytes returned by one read; None is no limit.
    """

    max_read_size: int | None = None

    def __init__(self, raw: io.RawIOBase | io.BytesIO, name: str) -> None:
        """Measure the size of the file.

        Args:
            raw: The file.
            name: Name of the file in messages.

        Raises:
            OSError: If ``raw`` has no size, such as a pipe.
        """
        super().__init__(raw)
        self._name_in_messages = name
        self.size = self.seek(0, os.SEEK_END)
        self.seek(0)
        self._reads_left = MAX_READS + self.size // _BYTES_PER_READ

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, or the rest of the file if ``size`` is negative or None.

        Raises:
            InputError: If there were too many reads.
        """
        self._reads_left -= 1
        if self._reads_left < 0:
            raise InputError(
                f"{self._name_in_messages} is made of too many parts to be read",
                hint="save it again with a common program",
            )
        num_bytes = -1 if size is None else size
        if not 0 <= num_bytes <= _SMALL:
            left = max(self.size - self.tell(), 0)
            num_bytes = left if num_bytes < 0 else min(num_bytes, left)
        if self.max_read_size is not None:
            num_bytes = min(num_bytes, self.max_read_size)
        return super().read(num_bytes)
