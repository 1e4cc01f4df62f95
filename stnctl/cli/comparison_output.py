"""Output of a comparison of runs: tables, Markdown, CSV or JSON, and the figure."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from stnctl.cli import console
from stnctl.cli.results import write_then_show
from stnctl.config.load import load_resolved
from stnctl.errors import UsageError
from stnctl.reports.comparison_report import STORED, Comparison, compare, write_comparison
from stnctl.reports.comparison_tables import TextTable, comparison_tables, remarks
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write

Format = Literal["text", "json", "csv", "markdown"]
_NAMES: tuple[Format, ...] = ("json", "csv", "markdown")


def check_format(*, json: bool = False, csv: bool = False, markdown: bool = False) -> Format:
    """Return the chosen format of the output.

    Raises:
        UsageError: If several formats are chosen.
    """
    chosen = [name for name, given in zip(_NAMES, (json, csv, markdown), strict=True) if given]
    if len(chosen) > 1:
        options = " and ".join(f"--{name}" for name in chosen)
        raise UsageError(f"{options} exclude each other: stdout has one format")
    return chosen[0] if chosen else "text"


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
    show = partial(_SHOW[style], comparison) if style != "json" else _show_nothing
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


def _show_text(comparison: Comparison, paths: Sequence[Path]) -> None:
    for table in comparison_tables(comparison.document):
        console.result_table(table.title, table.header, table.rows, texts=table.texts)
    for remark in remarks(comparison.document):
        console.result(f"- {remark}")
    for path in paths:
        console.result(str(path))


def _show_markdown(comparison: Comparison, paths: Sequence[Path]) -> None:
    for table in comparison_tables(comparison.document):
        console.result(f"{_markdown(table)}\n")
    for remark in remarks(comparison.document):
        console.result(f"- {remark}")
    _note_paths(paths)


def _show_csv(comparison: Comparison, paths: Sequence[Path]) -> None:
    rows = comparison.document["runs"]
    console.result_csv(list(rows[0]), [list(row.values()) for row in rows])
    _note_paths(paths)


def _note_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        console.note(f"file  {path}")


def _show_nothing(_paths: Sequence[Path]) -> None:
    """Print nothing: the JSON document is printed by `write_then_show`."""


def _markdown(table: TextTable) -> str:
    rule = ["---" if name in table.texts else "---:" for name in table.header]
    lines = [table.header, rule, *table.rows]
    body = "\n".join(f"| {' | '.join(map(_markdown_cell, line))} |" for line in lines)
    return f"**{_markdown_cell(table.title)}**\n\n{body}"


def _markdown_cell(text: str) -> str:
    """Return a text that Markdown shows as it is, in one cell."""
    return "".join(f"\\{c}" if c in "\\|`*_<>[]&" else c for c in text)


_SHOW: dict[Format, Callable[[Comparison, Sequence[Path]], None]] = {
    "text": _show_text,
    "csv": _show_csv,
    "markdown": _show_markdown,
}
