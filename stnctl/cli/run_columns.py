"""Columns of tables of runs, and runs as JSON documents."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from stnctl.config.messages import shorten
from stnctl.runs.summary import RunSummary

NOTHING = "-"
"""Text of an unknown value."""

_MAX_TEXT = 64
_AGES = ((1, "s"), (60, "min"), (3600, "h"), (86400, "d"))


@dataclass(frozen=True)
class Column:
    """Column of a table of runs.

    Attributes:
        header: Its name in the table.
        text: Function from a run to the text of its cell.
    """

    header: str
    text: Callable[[RunSummary], str]


COLUMNS = (
    Column("name", lambda run: shorten(run.name, _MAX_TEXT)),
    Column("age", lambda run: age_text(run.started)),
    Column("state", lambda run: run.state),
    Column("data", lambda run: shorten(run.data, _MAX_TEXT) or NOTHING),
    Column("network", lambda run: shorten(run.network, _MAX_TEXT) or NOTHING),
    Column("parameters", lambda run: count_text(run.parameters)),
    Column("epochs", lambda run: f"{run.epochs}/{count_text(run.planned_epochs)}"),
    Column("validation accuracy", lambda run: percent_text(run.validation_accuracy)),
    Column("test error", lambda run: percent_text(run.test_error)),
    Column("epoch seconds", lambda run: number_text(run.epoch_seconds)),
)
"""All columns of `stnctl runs ls`, in their order."""


def describe_run(run: RunSummary) -> dict[str, Any]:
    """Return a run as a JSON document, without its configuration."""
    values = {each.name: getattr(run, each.name) for each in fields(run) if each.name != "config"}
    times = {
        name: value and value.isoformat()
        for name in ("started", "touched")
        for value in [values[name]]
    }
    return {**values, "path": str(run.path), **times}


def age_text(started: datetime | None) -> str:
    """Return the time since the start of a run in its largest unit, such as "3 h"."""
    if started is None:
        return NOTHING
    seconds = max((datetime.now(UTC) - started).total_seconds(), 0)
    size, unit = max(
        ((size, unit) for size, unit in _AGES if seconds >= 2 * size), default=_AGES[0]
    )
    return f"{seconds // size:.0f} {unit}"


def count_text(value: int | None) -> str:
    """Return a count with separators."""
    return NOTHING if value is None else f"{value:,}"


def percent_text(share: float | None) -> str:
    """Return a share as a percentage."""
    return NOTHING if share is None else f"{100 * share:.2f} %"


def number_text(value: float | None) -> str:
    """Return a number with four significant digits."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:.4g}"
