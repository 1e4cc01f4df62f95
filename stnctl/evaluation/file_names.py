"""Names of result files, one for each choice of options."""

import re
from collections.abc import Iterable
from hashlib import sha256

MAX_NAME = 100
"""Maximum number of characters in a name; file systems allow 255 bytes with all suffixes."""

_HASH = 8


def file_name(words: Iterable[str]) -> str:
    """Return words joined by ``-``, as the name of a file or folder, without suffix.

    Other characters than letters, digits and ``. + - _`` become ``_``. The end of a long name is
    replaced by a hash of all words.
    """
    text = "-".join(words)
    name = re.sub(r"[^A-Za-z0-9.+_-]+", "_", text)
    if len(name) <= MAX_NAME:
        return name
    return f"{name[: MAX_NAME - 1 - _HASH]}-{short_hash(text)}"


def short_hash(text: str) -> str:
    """Return the first hexadecimal digits of the sha256 of a text."""
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:_HASH]


def number_text(value: float) -> str:
    """Return a number as the shortest text that reads as the same number, such as ``30``."""
    return repr(value).removesuffix(".0")
