"""Numbers on the command line: any count of them after one option, negative ones too."""

import math
import re
import textwrap
from functools import reduce
from typing import Any

from typer.core import TyperCommand

from stnctl.errors import UsageError

LARGEST = 1e30
"""The largest number in a theta: beyond it, single precision overflows."""

OPTIONS = ("--theta", "--points", "--scale", "--fill")
"""The options that take any count of numbers."""


class ThetaCommand(TyperCommand):
    """Takes the numbers after each of `OPTIONS` as one value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the numbers, then parse as usual."""
        return super().parse_args(ctx, reduce(join_numbers, OPTIONS, args))


def join_numbers(args: list[str], option: str) -> list[str]:
    """Return ``args`` with all numbers right after ``option`` joined to one argument."""
    joined: list[str] = []
    for arg in _split_first(args, f"{option}="):
        numbers_so_far = len(joined) > 1 and joined[-2] == option and _is_numbers(joined[-1])
        if numbers_so_far and _is_numbers(arg):
            joined[-1] += f" {arg}"
        else:
            joined.append(arg)
    return joined


def parse_numbers(option: str, text: str) -> tuple[float, ...]:
    """Return the numbers in ``text``; spaces, commas and semicolons may part them.

    Args:
        option: Where they were given, for the message.
        text: What was given.

    Raises:
        UsageError: If there is something else, or a number beyond ±`LARGEST`.
    """
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    try:
        numbers = tuple(map(parse_number, words))
    except ValueError:
        raise UsageError(f"{option}: expected numbers, got {shown(text)}") from None
    if not all(abs(number) <= LARGEST for number in numbers):  # so NaN too
        raise UsageError(f"{option}: expected numbers within ±{LARGEST:g}, got {shown(text)}")
    return numbers


def parse_finite(option: str, *numbers: float) -> None:
    """Refuse numbers that Typer takes, but that lie beyond ±`LARGEST`, NaN among them.

    Raises:
        UsageError: Naming the option.
    """
    parse_numbers(option, " ".join(map(repr, numbers)))


def parse_number(word: str) -> float:
    """Return the number that ``word`` says; unlike Python, without underscores.

    Raises:
        ValueError: If it says none.
    """
    if "_" in word:
        raise ValueError(word)
    return float(word)


def shown(text: str) -> str:
    """Return ``text`` in quotes, cut if it is long."""
    return repr(textwrap.shorten(text, 80, placeholder=" ..."))


def paste(numbers: Any) -> str:
    """Return numbers as they can be typed, each to its last bit."""
    return " ".join(_short(float(number)) for number in numbers)


def _short(number: float) -> str:
    whole = math.isfinite(number) and number.is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(number)


def _split_first(args: list[str], prefix: str) -> list[str]:
    """Return ``args`` with ``--option=value`` as two."""
    return [
        part
        for arg in args
        for part in ((prefix[:-1], arg[len(prefix) :]) if arg.startswith(prefix) else (arg,))
    ]


def _is_numbers(text: str) -> bool:
    try:
        return bool([parse_number(word) for word in text.split()])
    except ValueError:
        return False
