"""What a target gives: one input, and what reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Attempt:
    """One input.

    Attributes:
        files: What is read, by name, to keep if it fails.
        reads: What may raise nothing but a StnctlError.
    """

    files: dict[str, bytes]
    reads: tuple[Callable[[], Any], ...]


Target = Callable[[Random], Attempt]
"""The next attempt; equal draws give equal ones."""
