"""``stnctl table``: results of a sweep, with statistics over the seeds of each group."""

from pathlib import Path
from typing import Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import Csv, Json, Latex, Markdown, RunsDir, SweepName

EXAMPLES = """\b
Examples:
  stnctl table localizers
  stnctl table localizers --latex > localizers.tex
  stnctl table localizers --cells --csv > cells.csv
"""


def table(
    sweep: SweepName,
    cells: Annotated[
        bool, typer.Option("--cells", help="Print a row for each cell, not for each group.")
    ] = False,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
    csv: Csv = False,
    markdown: Markdown = False,
    latex: Latex = False,
) -> None:
    """Print the results of a sweep: one row for each group of cells that differ only in the seed.

    A row has the mean and the sample standard deviation of the accuracies, a 95 % interval, and an
    exact paired test against the baseline of the sweep, with the cells of equal seeds as pairs. The
    adjusted p is corrected for the number of comparisons (Holm). The best group and the best cell
    are those of the validation accuracy, never of the test accuracy.

    Only finished cells count. Sentences below the table name the others, and say if there are too
    few seeds for a decision.
    """
    from stnctl.cli.sweep_results import open_results
    from stnctl.cli.table_styles import check_format, show_tables
    from stnctl.sweeps.table_csv import cell_rows, group_rows
    from stnctl.sweeps.table_text import cell_text_table, sweep_remarks, sweep_text_table

    style = check_format(json=json, csv=csv, markdown=markdown, latex=latex)
    document: dict[str, Any] = open_results(sweep, runs_dir).document
    if style == "json":
        console.result_json(document)
    elif style == "csv":
        console.result_csv(*(cell_rows if cells else group_rows)(document))
    else:
        shown = (cell_text_table if cells else sweep_text_table)(document)
        show_tables(style, [shown], sweep_remarks(document))
