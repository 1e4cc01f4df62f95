"""Fuzzing attempt: one input, and the functions that read it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Attempt:
    """One input.

    Attributes:
        files: Input files by name, saved if the attempt fails.
        reads: Functions that may raise only a StnctlError.
    """

    files: dict[str, bytes]
    reads: tuple[Callable[[], Any], ...]


Target = Callable[[Random], Attempt]
"""Function of a random generator to the next attempt; equal generators give equal attempts."""
