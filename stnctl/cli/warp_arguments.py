"""Parser for options of ``stnctl warp`` that take several numbers, including negative ones."""

from functools import reduce
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand

from stnctl.errors import UsageError
from stnctl.warping.numbers import EXAMPLES, are_numbers, quote


class ThetaCommand(TyperCommand):
    """Command whose options in `EXAMPLES` take all numbers that follow them as their value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the numbers after each option in `EXAMPLES` to one argument, then parse as usual.

        Raises:
            UsageError: If no number follows such an option.
        """
        joined = reduce(join_numbers, EXAMPLES, args)
        if not ctx.resilient_parsing:  # True for shell completion of an incomplete line
            check_numbers(joined)
        return super().parse_args(ctx, joined)


def join_numbers(args: list[str], option: str) -> list[str]:
    """Return the arguments, with all numbers directly after ``option`` joined to one argument."""
    joined: list[list[str]] = []
    joining = False
    for arg in _split_first(args, f"{option}="):
        if joining and are_numbers(arg):
            joined[-1].append(arg)
        else:
            joining = joined[-1:] == [[option]] and are_numbers(arg)
            joined.append([arg])
    return [" ".join(words) for words in joined]


def check_numbers(args: list[str]) -> None:
    """Check that numbers, or a color for --fill, follow each option in `EXAMPLES`.

    Without this check, Click would take any next argument as the value, even another option.

    Args:
        args: The arguments after `join_numbers`.

    Raises:
        UsageError: If another argument or nothing follows. The message names the option and the
            argument after it.
    """
    for option, value in pairwise([*args, None]):
        if option in EXAMPLES and not _is_value(option, value):
            given = "nothing" if value is None else quote(value)
            raise UsageError(
                f"{option}: expected numbers, got {given}",
                hint=f"for example, {option} {EXAMPLES[option]}",
            )


def _split_first(args: list[str], prefix: str) -> list[str]:
    """Return ``args`` with ``--option=value`` as two arguments."""
    return [
        part
        for arg in args
        for part in ((prefix[:-1], arg[len(prefix) :]) if arg.startswith(prefix) else (arg,))
    ]


def _is_value(option: str | None, value: str | None) -> bool:
    """Return whether an argument may be a value: numbers, or for --fill a color, checked later."""
    if value is None:
        return False
    return are_numbers(value) or (option == "--fill" and not value.startswith("-"))
