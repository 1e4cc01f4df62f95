"""``stnctl compare``: results and curves of runs side by side."""

from pathlib import Path
from typing import Annotated

import typer

from stnctl.cli.completion import complete_run
from stnctl.cli.options import Csv, Data, Force, Json, Latex, Markdown, RunsDir
from stnctl.errors import UsageError

EXAMPLES = """\b
Examples:
  stnctl compare cnn stn
  stnctl compare cnn-s1 cnn-s2 cnn-s3 stn-s1 stn-s2 stn-s3 --measure
  stnctl compare cnn stn --csv > results.csv
  stnctl compare cnn stn -o curves.png
"""


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its name, an unambiguous prefix of its name, or `latest`.",
            autocompletion=complete_run,
        ),
    ],
    measure: Annotated[
        bool,
        typer.Option("--measure", help="Measure the test results that are missing, as eval does."),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.png", help="File for the curves."),
    ] = None,
    force: Force = False,
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
    csv: Csv = False,
    markdown: Markdown = False,
    latex: Latex = False,
) -> None:
    """Compare runs: data, network, times, accuracies and losses in one table, and their curves.

    Runs that differ only in their seed are a group. The command prints the mean of each group, the
    sample standard deviation, a 95 % interval, and an exact paired test of each group against the
    first one, with the runs of equal seeds as pairs.

    The test results are those that `stnctl eval` has written for the best checkpoint. Missing ones
    are measured with --measure. The files are in RUN/eval of the first run: compare-with-RUNS.json
    and compare-with-RUNS.png, where RUNS are the other runs and a hash. For a single run, the
    curves are RUN/history.png.
    """
    from stnctl.cli.comparison_output import show_comparison
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import check_results_folder
    from stnctl.cli.table_styles import check_format
    from stnctl.evaluation.run_loader import find_runs

    style = check_format(json=json, csv=csv, markdown=markdown, latex=latex)
    if data is not None and not measure:
        raise UsageError("--data is for --measure", hint="results are read without the data")
    if output is not None:
        output = check_destination(output, ".png", force=force)
    found = find_runs(runs, runs_dir)
    if output is None:
        check_results_folder(found[0], found[0].eval if len(found) > 1 else found[0].path)
    if measure:
        from stnctl.cli.measuring import measure_missing

        measure_missing(found, source=data)
    show_comparison(found, output, style)
