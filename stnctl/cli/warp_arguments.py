"""The command line as the shell hands it over: several numbers after one option, negative too."""

from functools import reduce
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand

from stnctl.errors import UsageError
from stnctl.warping.numbers import EXAMPLES, parse_number, quote, split_words


class ThetaCommand(TyperCommand):
    """Takes the numbers after each option of `EXAMPLES` as one value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the numbers, then parse as usual."""
        joined = reduce(join_numbers, EXAMPLES, args)
        if not ctx.resilient_parsing:  # as for completion, of what is not all typed yet
            check_numbers(joined)
        return super().parse_args(ctx, joined)


def join_numbers(args: list[str], option: str) -> list[str]:
    """Return ``args`` with all numbers right after ``option`` joined to one argument."""
    joined: list[list[str]] = []
    joining = False
    for arg in _split_first(args, f"{option}="):
        if joining and _is_numbers(arg):
            joined[-1].append(arg)
        else:
            joining = joined[-1:] == [[option]] and _is_numbers(arg)
            joined.append([arg])
    return [" ".join(words) for words in joined]


def check_numbers(args: list[str]) -> None:
    """Refuse joined ``args`` with something else than numbers right after an option for them.

    Click would take what is there as the value, be it the next option, and miss the rest.

    Raises:
        UsageError: Naming the option, and what came.
    """
    for option, value in pairwise([*args, None]):
        if option in EXAMPLES and not (_is_numbers(value) or _is_color(option, value)):
            came = "nothing" if value is None else quote(value)
            raise UsageError(
                f"{option}: expected numbers, got {came}",
                hint=f"for example, {option} {EXAMPLES[option]}",
            )


def _split_first(args: list[str], prefix: str) -> list[str]:
    """Return ``args`` with ``--option=value`` as two."""
    return [
        part
        for arg in args
        for part in ((prefix[:-1], arg[len(prefix) :]) if arg.startswith(prefix) else (arg,))
    ]


def _is_numbers(text: str | None) -> bool:
    """Return whether there is nothing but numbers, of pixels among them."""
    if text is None:
        return False
    try:
        for word in split_words(text):
            parse_number(word.removesuffix("px"))
    except ValueError:
        return False
    return True


def _is_color(option: str, value: str | None) -> bool:
    """Return whether a word may be meant as a color, which is not looked at here."""
    return option == "--fill" and value is not None and not value.startswith("-")
