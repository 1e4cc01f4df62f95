"""Filters of runs by their keys and by the keys of their configurations."""

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from stnctl.config.messages import shorten
from stnctl.config.strict_yaml import YamlError, parse_yaml
from stnctl.errors import UsageError, did_you_mean
from stnctl.runs.config_values import MISSING, all_keys, config_value, names_kind
from stnctl.runs.run_keys import KEYS, Kind
from stnctl.runs.summary import RunSummary

FORM = "expected KEY=VALUE, such as state=finished or test_error<2%"

_MAX_SHOWN = 80
_FORM = re.compile(r"\s*([A-Za-z0-9_.]+)\s*(<=|>=|!=|==|=|<|>)\s*(.*?)\s*", re.DOTALL)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUALITY = ("=", "==", "!=")
_NUMBER = re.compile(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?) ?(%|s|min|h|d)?")
_UNITS = {
    "%": ("share", 0.01),
    "s": ("duration", 1),
    "min": ("duration", 60),
    "h": ("duration", 3600),
    "d": ("duration", 86400),
}


@dataclass(frozen=True)
class RunFilter:
    """Condition that a run meets or not.

    Attributes:
        text: The condition as it was given.
        key: A name in `KEYS`, or a dotted key of the configuration.
        sign: The comparison, such as ``<=``.
        value: The value to compare with: a number, a text (a pattern with * and ? for a text), or
            plain data for a key of the configuration.
    """

    text: str
    key: str
    sign: str
    value: Any

    @property
    def in_config(self) -> bool:
        """Whether the key is one of the configuration."""
        return self.key not in KEYS

    def matches(self, run: RunSummary) -> bool:
        """Return whether a run meets the condition. An unknown value only meets != and null."""
        found = config_value(run, self.key) if self.in_config else KEYS[self.key].value(run)
        if self.in_config and found is MISSING:
            return False
        if found in (None, "") or self.value is None:
            equal = found in (None, "") and self.value is None
        elif isinstance(found, str) and isinstance(self.value, str):
            equal = fnmatchcase(found, self.value)
        elif isinstance(found, dict):
            equal = found == self.value or names_kind(run, self.key, self.value)
        elif _is_number(found) and _is_number(self.value):
            return _COMPARE[self.sign](found, self.value)
        else:
            equal = type(found) is type(self.value) and found == self.value
        return self.sign in _EQUALITY and equal != (self.sign == "!=")


def select_runs(runs: Sequence[RunSummary], conditions: Iterable[str]) -> list[RunSummary]:
    """Return the runs that meet all conditions.

    Args:
        runs: The runs.
        conditions: Texts such as ``state=finished``, ``test_error<2%``, ``age>30d``, ``name=stn*``
            or ``train.learning_rate=0.001``.

    Raises:
        UsageError: If a condition is not valid, or no run has its key.
    """
    filters = [parse_filter(text) for text in conditions]
    for each in filters:
        if each.in_config and runs and all(config_value(run, each.key) is MISSING for run in runs):
            raise _unknown(each, runs)
    return [run for run in runs if all(each.matches(run) for each in filters)]


def parse_filter(text: str) -> RunFilter:
    """Return the condition of a text.

    Raises:
        UsageError: If it is not ``KEY=VALUE`` or another comparison, or the value does not fit.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise UsageError(f"{shorten(repr(text), _MAX_SHOWN)}: {FORM}")
    key, sign, value = match.groups()
    if key in KEYS:
        return RunFilter(text, key, sign, _parse_value(text, key, sign, value))
    if "." not in key:
        raise UsageError(
            f"{shorten(repr(text), _MAX_SHOWN)}: unknown key {key}{did_you_mean(key, KEYS)}",
            hint=f"the keys of runs are {', '.join(KEYS)}, and those of configurations, such as "
            "train.epochs",
        )
    try:
        return RunFilter(text, key, sign, parse_yaml(value, where="value").data)
    except YamlError as error:
        raise UsageError(
            f"{shorten(repr(text), _MAX_SHOWN)}: {error.problems[0].sentence}"
        ) from error


def _parse_value(text: str, key: str, sign: str, value: str) -> Any:
    """Return the value for a key in `KEYS`."""
    kind: Kind = KEYS[key].kind
    if value == "null" and sign in _EQUALITY:
        return None
    if kind == "text":
        if sign not in _EQUALITY:
            raise UsageError(
                f"{shorten(repr(text), _MAX_SHOWN)}: {key} is a text, expected = or !="
            )
        return value
    if match := _NUMBER.fullmatch(value):
        unit_of, factor = _UNITS.get(match[2], (kind, 1))
        if unit_of == kind and (match[2] or kind != "duration"):
            return float(match[1]) * factor
    raise UsageError(
        f"{shorten(repr(text), _MAX_SHOWN)}: expected {_EXPECTED[kind]}, got "
        f"{shorten(repr(value), _MAX_SHOWN)}"
    )


_EXPECTED = {
    "count": "a number",
    "number": "a number",
    "share": "a number from 0 to 1, or a percentage such as 98%",
    "duration": "a time in s, min, h or d, such as 30d",
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unknown(condition: RunFilter, runs: Sequence[RunSummary]) -> UsageError:
    known = {key for run in runs for key in all_keys(run)}
    return UsageError(
        f"{shorten(repr(condition.text), _MAX_SHOWN)}: no run has the key {condition.key}"
        f"{did_you_mean(condition.key, [*KEYS, *sorted(known)])}",
        hint="the keys of a configuration are in the config.yaml of each run",
    )
