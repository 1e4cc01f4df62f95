"""Choices by name."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def choose(kind: str, name: str, choices: Mapping[str, T]) -> T:
    """Return the one of ``choices`` called ``name``.

    Raises:
        ValueError: If there is none, naming those that there are.
    """
    if name not in choices:
        raise ValueError(f"{kind} must be one of {', '.join(choices)}, got {name!r}")
    return choices[name]
