"""Numbers as they are typed and told."""

import math
import re
import textwrap
from typing import Any

from stnctl.errors import UsageError

LARGEST = 1e30
"""The largest number in a theta: beyond it, single precision overflows."""

EXAMPLES = {
    "--theta": "1 0 0 0 1 0",
    "--points": "0.2 0.1 0 0 0 0 0 0",
    "--scale": "0.8, or --scale 2 0.5",
    "--shear": "0.2 0",
    "--shift": "0.1 0, or --shift 12px -3px",
    "--fill": '0.5, or --fill "#336699"',
    "--output-size": "200 300",
}
"""The options that take several numbers -> an example."""


def parse_numbers(option: str, text: str) -> tuple[float, ...]:
    """Return the numbers in ``text``; spaces, commas and semicolons may part them.

    Args:
        option: Where they were given, for the message.
        text: What was given.

    Raises:
        UsageError: If there is something else, or a number beyond ±`LARGEST`.
    """
    try:
        numbers = tuple(map(parse_number, split_words(text)))
    except ValueError:
        raise UsageError(f"{option}: expected numbers, got {quote(text)}") from None
    if not all(abs(number) <= LARGEST for number in numbers):  # so NaN too
        raise UsageError(f"{option}: expected numbers within ±{LARGEST:g}, got {quote(text)}")
    return numbers


def parse_pair(option: str, names: str, text: str) -> tuple[float, float]:
    """Return two numbers, as `parse_numbers`.

    Args:
        option: A key of `EXAMPLES`.
        names: What to call the two.
        text: What was given.

    Raises:
        UsageError: If it is something else.
    """
    first, second = parse_numbers(option, " ".join(two_words(option, names, text)))
    return first, second


def two_words(option: str, names: str, text: str) -> tuple[str, str]:
    """Return the two words of ``text``.

    Args:
        option: A key of `EXAMPLES`.
        names: What to call the two.
        text: What was given.

    Raises:
        UsageError: If there are not two.
    """
    words = split_words(text)
    if len(words) != 2:
        raise UsageError(
            f"{option} takes two numbers, {names}, got {len(words)}: {quote(text)}",
            hint=f"for example, {option} {EXAMPLES[option]}",
        )
    return words[0], words[1]


def split_words(text: str) -> list[str]:
    """Return what spaces, commas and semicolons part."""
    return [word for word in re.split(r"[\s,;]+", text) if word]


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


def quote(text: str) -> str:
    """Return ``text`` in quotes, cut if it is long."""
    return repr(textwrap.shorten(text, 80, placeholder=" ..."))


def format_numbers(numbers: Any) -> str:
    """Return numbers as they can be typed, each to its last bit."""
    return " ".join(_short(float(number)) for number in numbers)


def _short(number: float) -> str:
    whole = math.isfinite(number) and number.is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(number)
