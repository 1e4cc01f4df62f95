"""Cells of a sweep: each is the configuration of one run."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from stnctl.config.messages import format_value
from stnctl.config.sweep_keys import BASE
from stnctl.errors import ConfigError
from stnctl.storage.json_files import json_bytes

if TYPE_CHECKING:
    from stnctl.config.schema import Config

MAX_NAME = 64
"""Maximum number of characters of the name of a run."""

_MAX_STEM = 24
_HASH = 6


@dataclass(frozen=True)
class Cell:
    """Cell of a sweep.

    Attributes:
        name: Name of the cell, and of its run if this name is free.
        values: Dotted key -> value of the keys that differ between the groups of the sweep.
        seed: The seed.
        fingerprint: Fingerprint of the configuration; "" if this is not valid.
        config: The configuration; None if it is not valid, or was not read.
        problem: Reason why the configuration is not valid, or None.
    """

    name: str
    values: Mapping[str, Any]
    seed: int
    fingerprint: str
    config: "Config | None" = field(default=None, repr=False, compare=False)
    problem: ConfigError | None = field(default=None, compare=False)


def group_key(values: Mapping[str, Any]) -> str:
    """Return a text that is equal for the cells of a group: those that differ only in their seed.

    Args:
        values: The values of a cell.
    """
    return json_bytes(dict(sorted(values.items())), indent=None).decode()


def group_label(values: Mapping[str, Any]) -> str:
    """Return the values of a group as a short text; "all" without values."""
    return ", ".join(_labelled(key, value) for key, value in values.items()) or "all"


def cell_name(sweep: str, values: Mapping[str, Any], seed: int, fingerprint: str) -> str:
    """Return the name of a cell, which says in which values it differs.

    Args:
        sweep: Name of the sweep.
        values: The values of the cell.
        seed: Its seed.
        fingerprint: Its fingerprint. A name that is too long is cut, and its end is the start of
            the fingerprint.
    """
    end = f"-s{seed}"
    name = "-".join([sweep, *(_short(key, value) for key, value in values.items())])
    if len(name) + len(end) <= MAX_NAME:
        return name + end
    end = f"-{fingerprint[:_HASH]}{end}"
    return name[: MAX_NAME - len(end)].rstrip("._-") + end


def unique_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names of runs, with a number at the end of each that is used before.

    Args:
        names: The names.
        taken: Names that are used already.
    """
    used = set(taken)
    unique = []
    for name in names:
        ends = chain([""], (f"-{number}" for number in count(2)))
        free = (f"{name[: MAX_NAME - len(end)]}{end}" for end in ends)
        unique.append(next(each for each in free if each not in used))
        used.add(unique[-1])
    return unique


def varying_keys(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the keys of any group, in the order of their first use; the base comes first."""
    keys = dict.fromkeys(key for values in groups for key in values)
    return sorted(keys, key=lambda key: key != BASE)


def _labelled(key: str, value: Any) -> str:
    text = value_text(value)
    return text if key == BASE else f"{last_part(key)} {text}"


def _short(key: str, value: Any) -> str:
    """Return a value as a part of a name: a text alone, or else the key and the value."""
    text = value.rpartition("/")[2].removesuffix(".yaml") if key == BASE else value_text(value)
    if not isinstance(value, str):
        text = f"{last_part(key)} {text}"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("._-")[:_MAX_STEM].rstrip("._-") or "x"


def value_text(value: Any, digits: int = 4) -> str:
    """Return a value as a short text: a text as it is, a number with some significant digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, dict | list):
        return re.sub(r'[" \n]', "", json_bytes(value, indent=None).decode())
    return format_value(value)


def last_part(key: str) -> str:
    """Return the last part of a dotted key."""
    return key.rpartition(".")[2]
