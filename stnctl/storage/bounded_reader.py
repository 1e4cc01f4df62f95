"""A reader for parsers that trust the lengths and counts in a file."""

import io
import os

from stnctl.errors import InputError

MAX_READS = 1_000_000
"""Number of reads of a small file: a parser in Python takes microseconds and memory for each."""

_BYTES_PER_READ = 1024
"""A file may be read once more for each of these blocks."""


class BoundedReader(io.BufferedReader):
    """A reader that never requests more bytes than the file has, and limits the number of reads.

    Parsers allocate memory for a forged length, and spend time on each of many tiny parts.

    Attributes:
        size: Size of the file in bytes.
        max_read_size: Maximum number of bytes returned by one read, or None.
    """

    max_read_size: int | None = None

    def __init__(self, raw: io.RawIOBase | io.BytesIO, name: str) -> None:
        """Measure the size of the file.

        Args:
            raw: The file.
            name: Name of the file in messages.

        Raises:
            OSError: If it has no size.
        """
        super().__init__(raw)
        self._name_in_messages = name
        self.size = self.seek(0, os.SEEK_END)
        self.seek(0)
        self._reads_left = MAX_READS + self.size // _BYTES_PER_READ

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, or the rest of the file if ``size`` is negative or None.

        Raises:
            InputError: If the number of reads exceeds its limit.
        """
        self._reads_left -= 1
        if self._reads_left < 0:
            raise InputError(
                f"{self._name_in_messages} is made of too many parts to be read",
                hint="save it again with a common program",
            )
        left = max(self.size - self.tell(), 0)
        num_bytes = left if size is None or size < 0 else min(size, left)
        if self.max_read_size is not None:
            num_bytes = min(num_bytes, self.max_read_size)
        return super().read(num_bytes)
