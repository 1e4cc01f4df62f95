"""Output of a comparison of runs: tables, Markdown, LaTeX, CSV or JSON, and the figure."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.cli.results import write_then_show
from stnctl.cli.table_styles import Format, show_paths, show_tables
from stnctl.config.load import load_resolved
from stnctl.reports.comparison_report import STORED, Comparison, compare, write_comparison
from stnctl.reports.comparison_tables import comparison_tables, remarks
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write


def show_comparison(
    runs: Sequence[RunDirectory],
    output: Path | None,
    style: Format,
    *,
    measured: Mapping[str, Any] = STORED,
    reports: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Compare runs, write the files, and print the comparison.

    Args:
        runs: One or more runs.
        output: File of the curves; None for those in the folder of the first run.
        style: Format of the output.
        measured: As in `compare`.
        reports: As in `compare`.

    Raises:
        EnvironmentFault: If a file can't be written. The comparison is printed before.
    """
    comparison = compare(runs, measured=measured, reports=reports)
    write = partial(_write, runs, output, comparison)
    show = partial(_show, style, comparison)
    write_then_show(write, comparison.document, show, json=style == "json")
    missing = any(row["test_accuracy"] is None for row in comparison.document["runs"])
    if missing and style != "json":
        console.note("note  a test result is missing: --measure measures it, if the run has a best "
                     "checkpoint")  # fmt: skip


def _write(runs: Sequence[RunDirectory], output: Path | None, comparison: Comparison) -> list[Path]:
    """Write the files of a comparison, and return their paths."""
    if len(runs) > 1 and output is None:
        return write_comparison(runs[0].eval, comparison)
    figure = comparison.figure() if len(runs) > 1 else _history(runs[0])
    if figure is None:
        return []
    path = output or runs[0].history
    atomic_write(path, figure)
    return [path]


def _history(run: RunDirectory) -> bytes | None:
    from stnctl.training.history_figure import history_of

    return history_of(run, load_resolved(run.config).train)


def _show(style: Format, comparison: Comparison, paths: Sequence[Path]) -> None:
    document = comparison.document
    if style == "csv":
        rows = document["runs"]
        console.result_csv(list(rows[0]), [list(row.values()) for row in rows])
    else:
        show_tables(style, comparison_tables(document), remarks(document))
    show_paths(style, paths)
