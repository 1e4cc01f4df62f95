"""Conventions of EMNIST (Cohen, Afshar, Tapson, van Schaik 2017, arXiv:1702.05373)."""

import string
from typing import NamedTuple

from stnctl.data.dataset import Arrays, SourceData

_DIGITS = string.digits
_MERGED = _DIGITS + string.ascii_uppercase + "abdefghnqrt"
"""Characters of the sets in which 15 small letters are merged with the capital letters."""


class EmnistSet(NamedTuple):
    """A set of EMNIST.

    Attributes:
        characters: The classes, in the order of the labels.
        first_label: Label of the first class.
    """

    characters: str
    first_label: int = 0


EMNIST_SETS = {
    "emnist-balanced": EmnistSet(_MERGED),
    "emnist-byclass": EmnistSet(_DIGITS + string.ascii_uppercase + string.ascii_lowercase),
    "emnist-bymerge": EmnistSet(_MERGED),
    "emnist-digits": EmnistSet(_DIGITS),
    "emnist-letters": EmnistSet(string.ascii_uppercase, 1),
    "emnist-mnist": EmnistSet(_DIGITS),
}
"""Sets by the beginning of the names of their files."""


def as_emnist(arrays: Arrays, name: str) -> SourceData:
    """Return a set of EMNIST with upright images and the names of its classes.

    The published images are transposed: rows and columns are exchanged.

    Args:
        arrays: Images (N, H, W) and labels (N,) from the files.
        name: A key of `EMNIST_SETS`.
    """
    found = EMNIST_SETS[name]
    upright = {
        key: array.swapaxes(1, 2) if key.startswith("x") else array
        for key, array in arrays.named().items()
    }
    return SourceData(Arrays(**upright), tuple(found.characters), found.first_label)
