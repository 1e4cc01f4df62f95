"""The only module that prints: results to stdout, everything else to stderr."""

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from stnctl.errors import StnctlError

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def result(text: str) -> None:
    """Print a line of the result to stdout, as it is."""
    OUT.print(text, markup=False)


def result_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of the result to stdout."""
    OUT.print(table(title, header, rows), soft_wrap=False)


def result_json(document: Any) -> None:
    """Print one JSON document to stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def note(text: str) -> None:
    """Print a line about the way to the result to stderr."""
    ERR.print(text, markup=False)


def warning(text: str) -> None:
    """Print a warning to stderr that can't be missed."""
    ERR.print(f"[bold black on yellow] WARNING [/] [yellow]{escape(text)}[/]")


def next_steps(commands: Sequence[str]) -> None:
    """Print the commands that make sense now to stderr."""
    for label, command in zip(["next"] + [""] * len(commands), commands, strict=False):
        ERR.print(f"[dim]{label:5}[/] {escape(command)}")


def error(problem: StnctlError) -> None:
    """Print an error and what to do next to stderr."""
    ERR.print(f"[bold red]error[/] {escape(str(problem))}")
    if problem.hint:
        ERR.print(f"[dim]hint[/]  {escape(problem.hint)}")


def bug(problem: Exception) -> None:
    """Print that stnctl itself failed to stderr."""
    ERR.print(f"[bold red]bug[/]   {escape(f'{type(problem).__name__}: {problem}')}")
    ERR.print("[dim]hint[/]  repeat with `stnctl --debug ...` for the traceback, and report it")


def show_traceback() -> None:
    """Print the traceback of the exception being handled to stderr."""
    sys.stderr.write(traceback.format_exc())


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table with the first column to the left and the others to the right."""
    grid = Table(title=title or None, title_justify="left", title_style="bold")
    for index, name in enumerate(header):
        grid.add_column(name, justify="right" if index else "left")
    for row in rows:
        grid.add_row(*map(escape, row))
    return grid


@contextmanager
def progress(label: str, total: int | None, *, unit: str = "") -> Iterator[Any]:
    """Show a bar on a terminal; give a function that advances it.

    Args:
        label: What goes on.
        total: How much there is to do, None if that is not known.
        unit: What is counted.
    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=ERR,
        disable=not ERR.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda amount: bar.advance(task, amount)
