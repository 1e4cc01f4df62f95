"""``stnctl table``: results of a sweep, with statistics over the seeds of each group."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from stnctl.cli.options import (
    Csv,
    Force,
    Json,
    Latex,
    Markdown,
    RunsDir,
    SweepName,
    choice_option,
)
from stnctl.config.choices import SWEEP_FIGURES
from stnctl.errors import UsageError

EXAMPLES = """\b
Examples:
  stnctl table localizers
  stnctl table localizers --latex > localizers.tex
  stnctl table localizers --cells --csv > cells.csv
  stnctl table localizers -o curves.png --figure curves
"""


def table(
    sweep: SweepName,
    cells: Annotated[
        bool, typer.Option("--cells", help="Print a row for each cell, not for each group.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.png", help="File for a figure."),
    ] = None,
    figure: Annotated[
        str | None,
        choice_option(
            "--figure", SWEEP_FIGURES, "Figure of --output, default the one that fits the keys."
        ),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
    force: Force = False,
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

    The figure has the curves of the groups with bands (`curves`), the accuracy over two keys
    (`heat_map`) or over each key (`slices`), or the error over `data.train_size` (`train_size`).
    """
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import write_then_show
    from stnctl.cli.sweep_results import open_results, show_sweep, write_figure
    from stnctl.cli.table_styles import check_format

    style = check_format(json=json, csv=csv, markdown=markdown, latex=latex)
    if figure is not None and output is None:
        raise UsageError("--figure is for --output", hint="name a file with --output FILE.png")
    target = None if output is None else check_destination(output, ".png", force=force)
    results = open_results(sweep, runs_dir)
    write = partial(write_figure, results, target, figure)
    show = partial(show_sweep, results, style, cells=cells)
    write_then_show(write, results.document, show, json=style == "json")
