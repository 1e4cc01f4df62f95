"""Numbers in text: parsing of option values, and formatting without rounding."""

import math
import re
import textwrap
from typing import Any

from stnctl.errors import UsageError

LARGEST = 1e30
"""Largest absolute value in a theta. Larger values overflow in single precision."""

EXAMPLES = {
    "--theta": "1 0 0 0 1 0",
    "--points": "0.2 0.1 0 0 0 0 0 0",
    "--scale": "0.8, or --scale 2 0.5",
    "--shear": "0.2 0",
    "--shift": "0.1 0, or --shift 12px -3px",
    "--fill": '0.5, or --fill "#336699"',
    "--output-size": "200 300",
}
"""Options that take several numbers -> an example value."""


def parse_numbers(option: str, text: str) -> tuple[float, ...]:
    """Return the numbers in ``text``, separated by spaces, commas, semicolons or brackets.

    Args:
        option: Name of the option, for the message.
        text: Value of the option.

    Raises:
        UsageError: If a word is not a number, or a number is beyond ±`LARGEST`.
    """
    try:
        numbers = tuple(map(parse_number, split_words(text)))
    except ValueError:
        raise UsageError(f"{option}: expected numbers, got {quote(text)}") from None
    if not all(abs(number) <= LARGEST for number in numbers):  # rejects NaN too
        raise UsageError(f"{option}: expected numbers within ±{LARGEST:g}, got {quote(text)}")
    return numbers


def parse_pair(option: str, names: str, text: str) -> tuple[float, float]:
    """Return the two numbers in ``text``; see `parse_numbers`.

    Args:
        option: A key of `EXAMPLES`.
        names: Names of the two numbers, for the message.
        text: Value of the option.

    Raises:
        UsageError: If ``text`` is not two numbers, or a number is beyond ±`LARGEST`.
    """
    first, second = parse_numbers(option, " ".join(split_pair(option, names, text)))
    return first, second


def split_pair(option: str, names: str, text: str) -> tuple[str, str]:
    """Return the two words of ``text``.

    Args:
        option: A key of `EXAMPLES`.
        names: Names of the two words, for the message.
        text: Value of the option.

    Raises:
        UsageError: If there are not two words.
    """
    words = split_words(text)
    if len(words) != 2:
        raise UsageError(
            f"{option}: expected two numbers, {names}, got {len(words)}: {quote(text)}",
            hint=f"for example, {option} {EXAMPLES[option]}",
        )
    return words[0], words[1]


def split_words(text: str) -> list[str]:
    """Return the words of ``text``, separated by spaces, commas, semicolons or brackets."""
    return [word for word in re.split(r"[\s,;\[\]()]+", text) if word]


def check_finite(option: str, number: float) -> None:
    """Reject a number beyond ±`LARGEST`. Typer has parsed the number.

    Raises:
        UsageError: If the number is beyond ±`LARGEST`, infinite or NaN.
    """
    parse_numbers(option, repr(number))


def parse_number(word: str) -> float:
    """Return the number in ``word``; unlike `float`, reject underscores.

    Raises:
        ValueError: If ``word`` is not a number.
    """
    if "_" in word:
        raise ValueError(word)
    return float(word)


def are_numbers(text: str) -> bool:
    """Return whether each word of ``text`` is a number, with or without the unit px."""
    try:
        for word in split_words(text):
            parse_number(word.removesuffix("px"))
    except ValueError:
        return False
    return True


def quote(text: str) -> str:
    """Return ``text`` in quotes, shortened to 80 characters."""
    return repr(textwrap.shorten(text, 80, placeholder=" ..."))


def format_numbers(numbers: Any) -> str:
    """Return numbers separated by spaces; `parse_numbers` reads back the same float64 numbers."""
    return " ".join(_short(float(number)) for number in numbers)


def _short(number: float) -> str:
    whole = math.isfinite(number) and number.is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(number)
