"""Columns of tables of runs, texts of their values, and runs as JSON documents."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from stnctl.config.messages import shorten
from stnctl.runs.summary import RunSummary

NOTHING = "-"
"""Text of an unknown value."""

MAX_TEXT = 64
"""Maximum number of characters in a cell. Names of runs made by stnctl are not longer."""

_AGES = ((1, "s"), (60, "min"), (3600, "h"), (86400, "d"))


@dataclass(frozen=True)
class Column:
    """Column of a table of runs.

    Attributes:
        header: Its name in the table.
        text: Function from a run to the text of its cell.
        rank: Its place in the order of importance, from 0. The last ones are left out on a narrow
            terminal.
    """

    header: str
    text: Callable[[RunSummary], str]
    rank: int


COLUMNS = (
    Column("name", lambda run: run.name, 0),
    Column("age", lambda run: age_text(run.started), 5),
    Column("state", lambda run: run.state, 2),
    Column("data", lambda run: shorten(run.data, MAX_TEXT) or NOTHING, 6),
    Column("network", lambda run: shorten(run.network, MAX_TEXT) or NOTHING, 7),
    Column("parameters", lambda run: count_text(run.parameters), 8),
    Column("epochs", lambda run: f"{run.epochs}/{count_text(run.planned_epochs)}", 4),
    Column("validation accuracy", lambda run: percent_text(run.validation_accuracy), 1),
    Column("test error", lambda run: percent_text(run.test_error), 3),
    Column("epoch seconds", lambda run: number_text(run.epoch_seconds), 9),
)
"""All columns of `stnctl runs ls`, in their order. The names are those of `KEYS`, in words."""

TEXT_COLUMNS = ("state", "data", "network")


def describe_run(run: RunSummary) -> dict[str, Any]:
    """Return a run as a JSON document, without its configuration."""
    values = {each.name: getattr(run, each.name) for each in fields(run) if each.name != "config"}
    times = {name: _time(values[name]) for name in ("started", "touched")}
    return {**values, "path": str(run.path), **times}


def age_text(started: datetime | None) -> str:
    """Return the time since the start of a run in its largest unit, such as "3 h"."""
    if started is None:
        return NOTHING
    seconds = max((datetime.now(UTC) - started).total_seconds(), 0)
    size, unit = max([_AGES[0], *(age for age in _AGES if seconds >= 2 * age[0])])
    return f"{seconds // size:.0f} {unit}"


def count_text(value: int | None) -> str:
    """Return a count with separators."""
    return NOTHING if value is None else f"{value:,}"


def percent_text(share: float | None) -> str:
    """Return a share as a percentage."""
    return NOTHING if share is None else f"{100 * share:.2f} %"


def number_text(value: float | None) -> str:
    """Return a number with four significant digits."""
    return NOTHING if value is None else f"{value:.4g}"


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
