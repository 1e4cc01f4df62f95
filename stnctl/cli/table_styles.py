"""Formats of tables on stdout: text, Markdown, LaTeX, CSV or JSON."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from stnctl.cli import console
from stnctl.errors import UsageError
from stnctl.reports.text_tables import (
    TextTable,
    latex_table,
    markdown_table,
    markdown_text,
    one_line,
)

Format = Literal["text", "json", "csv", "markdown", "latex"]
_NAMES: tuple[Format, ...] = ("json", "csv", "markdown", "latex")


def check_format(
    *, json: bool = False, csv: bool = False, markdown: bool = False, latex: bool = False
) -> Format:
    """Return the chosen format of the output.

    Raises:
        UsageError: If several formats are chosen.
    """
    given = zip(_NAMES, (json, csv, markdown, latex), strict=True)
    chosen = [name for name, is_given in given if is_given]
    if len(chosen) > 1:
        options = " and ".join(f"--{name}" for name in chosen)
        raise UsageError(f"{options} exclude each other: stdout has one format")
    return chosen[0] if chosen else "text"


def show_tables(style: Format, tables: Sequence[TextTable], remarks: Iterable[str]) -> None:
    """Print tables and the remarks about them, as text, Markdown or LaTeX."""
    for table in tables:
        if style == "text":
            console.result_table(table.title, table.header, table.rows, texts=table.texts)
        else:
            form = markdown_table if style == "markdown" else latex_table
            console.result(f"{form(table)}\n")
    for remark in remarks:
        console.result(_REMARKS[style](remark))


def show_paths(style: Format, paths: Iterable[Path]) -> None:
    """Print the paths of written files: on stdout only below a text."""
    for path in paths:
        if style == "text":
            console.result(str(path))
        else:
            console.note(f"file  {path}")


_REMARKS: dict[str, Callable[[str], str]] = {
    "text": lambda remark: f"- {one_line(remark)}",
    "markdown": lambda remark: f"- {markdown_text(remark)}",
    "latex": lambda remark: f"% {one_line(remark)}",
}
