"""Arguments of ``stnctl sweep`` as keys of a sweep."""

from collections.abc import Sequence
from typing import Any

from stnctl.config.overrides import parse_override
from stnctl.config.strict_yaml import parse_yaml
from stnctl.errors import ConfigError, UsageError

GRID_FORM = "expected KEY=A,B, such as train.learning_rate=1e-3,3e-4"

Options = dict[str, tuple[str, Any]]
"""Key of a sweep -> the option that gives it, and its value."""


def sweep_options(
    *,
    name: str | None,
    seeds: str | None,
    grid: Sequence[str] | None,
    changes: Sequence[str] | None,
    limit: str | None,
) -> Options:
    """Return the keys of a sweep that the options of the command give.

    Raises:
        UsageError: If an option has not the expected form.
    """
    options: Options = {}
    if name is not None:
        options["name"] = f"--name {name}", name
    if seeds is not None:
        options["seeds"] = f"--seeds {seeds}", _parse_seeds(seeds)
    if grid:
        options["grid"] = "--grid", dict(map(_parse_axis, grid))
    if changes:
        options["set"] = "--set", dict(map(_parse_change, changes))
    if limit is not None:
        options["limit"] = f"--limit {limit}", limit
    return options


def _parse_seeds(text: str) -> int | list[int]:
    """Return a number of seeds, or a list of seeds if there is a comma."""
    try:
        numbers = [int(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise UsageError(
            f"--seeds: expected a number of seeds, or seeds such as 1,2,3, got {text!r}"
        ) from error
    return numbers if "," in text else numbers[0]


def _parse_axis(text: str) -> tuple[str, list[Any]]:
    key, equals, values = text.partition("=")
    if not equals or not key.strip() or not values.strip():
        raise UsageError(f"--grid {text}: {GRID_FORM}")
    try:
        found = parse_yaml(f"[{values}]", where="value").data
    except ConfigError as error:
        raise UsageError(f"--grid {text}: {error.problems[0].sentence}") from error
    return key.strip(), found


def _parse_change(text: str) -> tuple[str, Any]:
    try:
        _, value = parse_override(text)
    except ConfigError as error:
        raise UsageError(f"--set {text}: {error}") from error
    return text.partition("=")[0].strip(), value
