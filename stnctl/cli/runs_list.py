"""Output of ``stnctl runs ls``: a table, one JSON document, or CSV."""

from collections.abc import Sequence
from pathlib import Path

from stnctl.cli import console
from stnctl.cli.run_columns import COLUMNS, TEXT_COLUMNS, describe_run
from stnctl.cli.tables import fitting
from stnctl.config.messages import shorten
from stnctl.runs.summary import RunSummary

MAX_PROBLEMS = 5
"""Maximum number of broken runs whose problems are printed."""

_MIN_NAME, _BESIDE_NAME = 12, 26
"""Minimum width of a name on a narrow terminal, and the width that is kept for other columns."""


def print_runs(title: str, runs: Sequence[RunSummary]) -> None:
    """Print a table of runs, with the most important columns on a narrow terminal."""
    width = console.out().width
    header = [column.header for column in COLUMNS]
    name_width = max(width - _BESIDE_NAME, _MIN_NAME)
    rows = [
        [shorten(run.name, name_width), *(column.text(run) for column in COLUMNS[1:])]
        for run in runs
    ]
    ranks = [column.rank for column in COLUMNS]
    importance = sorted(range(len(COLUMNS)), key=ranks.__getitem__)
    shown, cells = fitting(header, rows, importance, width)
    console.result_table(title, shown, cells, texts=TEXT_COLUMNS)
    if left_out := [name for name in header if name not in shown]:
        console.note(f"note  not shown on this narrow terminal: {', '.join(left_out)}")
    _note_problems([run for run in runs if run.problem])


def print_csv(runs: Sequence[RunSummary]) -> None:
    """Print runs as CSV with the keys of the JSON document."""
    keys = list(describe_run(RunSummary("", Path(), "broken")))
    documents = [describe_run(run) for run in runs]
    console.result_csv(keys, [[document[key] for key in keys] for document in documents])


def _note_problems(broken: Sequence[RunSummary]) -> None:
    for run in broken[:MAX_PROBLEMS]:
        console.note(f"note  {run.name} is broken: {run.problem}")
    if len(broken) > MAX_PROBLEMS:
        rest = len(broken) - MAX_PROBLEMS
        console.note(f"note  {rest} more are broken: stnctl runs show NAME shows why")
