"""Section of a page about a sweep."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stnctl.errors import InputError
from stnctl.reports.page_section import PageFigure, PageSection
from stnctl.reports.text_tables import TextTable
from stnctl.sweeps.sweep_figure import fitting_kind, sweep_figure
from stnctl.sweeps.table_text import (
    cell_text_table,
    statistics_tables,
    sweep_remarks,
    sweep_text_table,
)

MAX_ROWS = 200
"""Maximum number of rows of a table in the page."""

ALTS = {
    "curves": "Validation accuracy and error of the groups over the epochs",
    "heat_map": "Validation accuracy over the values of two keys",
    "slices": "Validation accuracy over the values of each key",
    "train_size": "Error over the number of training images",
}
"""Kind of a figure -> its description for readers who can't see it."""


def sweep_section(document: Mapping[str, Any]) -> PageSection:
    """Return the section of a sweep: tables of groups and cells, remarks, and figures.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    tables = [sweep_text_table(document), *statistics_tables(document)]
    cells, notes = cell_text_table(document), list(sweep_remarks(document))
    if len(cells.rows) > MAX_ROWS:
        notes.append(
            f"each table has at most {MAX_ROWS} rows; `stnctl table --csv` has all of them"
        )
    try:
        figures = _figures(document)
    except InputError:  # no result yet
        figures = []
    return PageSection(
        "sweep", "Sweep", [*map(_shortened, tables)], notes, figures, [_shortened(cells)]
    )


def _shortened(table: TextTable) -> TextTable:
    return replace(table, rows=table.rows[:MAX_ROWS])


def _figures(document: Mapping[str, Any]) -> list[PageFigure]:
    kinds = dict.fromkeys([fitting_kind(document), "curves"])
    found = [(kind, sweep_figure(document, kind)) for kind in kinds]
    return [
        PageFigure(figure.title, ALTS[kind], svg=figure.svg(f"sweep-{kind}"))
        for kind, figure in found
    ]
