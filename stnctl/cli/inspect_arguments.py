"""Choice of examples in the options of ``stnctl inspect``."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from stnctl.config.choices import MAX_INSPECTED
from stnctl.config.messages import MAX_TEXT, shorten
from stnctl.errors import UsageError
from stnctl.inspection.selection import Selection

DEFAULT_EXAMPLES = 9

_WITH_EPOCHS = ("run", "epochs", "data", "runs_dir", "json")
_WITH_ALIGNMENT = ("run", "alignment", "split", "checkpoint", "data", "runs_dir", "json")
"""Parameters of the command that are valid with --epochs and with --alignment."""

_MAX_DIGITS = 9
_PART = re.compile(rf"\s*([0-9]{{1,{_MAX_DIGITS}}})\s*(?:-\s*([0-9]{{1,{_MAX_DIGITS}}})\s*)?")


def parse_selection(
    *,
    bad: int | None,
    good: int | None,
    random: int | None,
    most_warped: bool,
    count: int | None,
    index: str | None,
    label: str | None,
    confused: str | None,
    seed: int | None,
    sort: str | None,
) -> Selection:
    """Return the choice of examples of the options; None for an option that is not given.

    Raises:
        UsageError: If options exclude each other, or a value is not valid.
    """
    warped = (count or DEFAULT_EXAMPLES) if most_warped else None
    counts = {"bad": bad, "good": good, "random": random, "most-warped": warped}
    given = [kind for kind, number in counts.items() if number is not None]
    if len(given) + (index is not None) > 1:
        raise UsageError("choose one of --bad, --good, --random, --most-warped and --index")
    if count is not None and (index is not None or given not in ([], ["most-warped"])):
        raise UsageError(
            "--count is the number for --most-warped, --class and --confused",
            hint="--bad, --good and --random have their own number",
        )
    if seed is not None and given != ["random"]:
        raise UsageError("--seed is the seed of --random", hint="add --random N")
    if label is not None and confused is not None:
        raise UsageError("choose one of --class and --confused")
    if index is None:
        kind = given[0] if given else "bad"
        return Selection(
            kind,
            counts[kind] or count or DEFAULT_EXAMPLES,
            label=label,
            confused=None if confused is None else parse_confused(confused),
            seed=seed or 0,
            sort=sort,
        )
    _reject_with_index({"--class": label, "--confused": confused})
    return Selection("index", indices=tuple(parse_indices(index)), sort=sort)


def reject_with_epochs(context: typer.Context) -> None:
    """Reject all options that choose examples or a checkpoint.

    Raises:
        UsageError: If the command line has one of them.
    """
    _reject_others(
        context,
        "--epochs",
        _WITH_EPOCHS,
        "the images and the epochs are those of the snapshots",
    )


def reject_with_alignment(context: typer.Context) -> None:
    """Reject all options that choose examples.

    Raises:
        UsageError: If the command line has one of them.
    """
    _reject_others(context, "--alignment", _WITH_ALIGNMENT, "the alignment is that of all images")


def _reject_others(context: typer.Context, option: str, valid: Sequence[str], reason: str) -> None:
    for other in context.command.params:
        source = context.get_parameter_source(other.name or "")
        if other.name not in valid and source and source.name == "COMMANDLINE":
            raise UsageError(f"{option} and {other.opts[0]} exclude each other: {reason}")


def parse_indices(text: str) -> list[int]:
    """Return the indices of a list such as ``0-8,11``, in its order.

    Raises:
        UsageError: If the text has another form, an index is given twice, or there are more than
            `MAX_INSPECTED`.
    """
    indices: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise _wrong("--index", "whole numbers and ranges such as 3,17 or 0-8,11", text)
        first = int(match[1])
        last = first if match[2] is None else int(match[2])
        if last < first:
            raise _wrong("--index", f"the smaller number first in {part.strip()}", text)
        if len(indices) + last - first + 1 > MAX_INSPECTED:
            raise _wrong("--index", f"at most {MAX_INSPECTED} examples", text)
        indices += range(first, last + 1)
    if len(set(indices)) < len(indices):
        raise UsageError(f"--index: an index is given twice in {shorten(repr(text), MAX_TEXT)}")
    return indices


def parse_confused(text: str) -> tuple[str, str]:
    """Return the numbers or names of the two classes of a pair such as ``4,9``.

    Raises:
        UsageError: If the text has another form, or the classes are equal.
    """
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise _wrong("--confused", "two classes such as 4,9", text)
    return names[0], names[1]


def _reject_with_index(options: Mapping[str, Any]) -> None:
    for option, value in options.items():
        if value is not None:
            raise UsageError(
                f"--index and {option} exclude each other: the indices name the examples",
                hint="use --bad or --random",
            )


def _wrong(option: str, expected: str, text: str) -> UsageError:
    return UsageError(f"{option}: expected {expected}, got {shorten(repr(text), MAX_TEXT)}")
