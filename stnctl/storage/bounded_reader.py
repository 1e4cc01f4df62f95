"""Files whose parsers believe what is in them, and so are to be held back."""

import io
import os

from stnctl.errors import InputError

MAX_READS = 1_000_000
"""The most reads of a small file: parsers in Python take microseconds for each, and memory too."""

_BYTES_PER_READ = 1024
"""For each so many bytes of it, a file may be read once more."""


class BoundedReader(io.BufferedReader):
    """A file of which no more is asked than it holds, nor in too many pieces.

    Parsers take memory for as much as a forged length says, and time for every tiny part.

    Attributes:
        size: Bytes of the file.
        most: The most bytes that one read gets, or None.
    """

    most: int | None = None

    def __init__(self, raw: io.RawIOBase | io.BytesIO, name: str) -> None:
        """Look how large the file is.

        Args:
            raw: The file.
            name: What to call it in messages.

        Raises:
            OSError: If it has no size.
        """
        super().__init__(raw)
        self._called = name
        self.size = self.seek(0, os.SEEK_END)
        self.seek(0)
        self._reads_left = MAX_READS + self.size // _BYTES_PER_READ

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, all if it is negative or None.

        Raises:
            InputError: If it was read too often before.
        """
        self._reads_left -= 1
        if self._reads_left < 0:
            raise InputError(
                f"{self._called} is made of too many parts to be read",
                hint="save it anew, with a usual program",
            )
        left = max(self.size - self.tell(), 0)
        asked = left if size is None or size < 0 else min(size, left)
        return super().read(asked if self.most is None else min(asked, self.most))
