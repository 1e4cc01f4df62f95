"""``stnctl compare``: results and curves of runs side by side."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli.completion import complete_run
from stnctl.cli.options import Csv, Data, Force, Json, Latex, Markdown, RunsDir, SweepOption
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.cli.table_styles import Format

EXAMPLES = """\b
Examples:
  stnctl compare cnn stn
  stnctl compare cnn-s1 cnn-s2 cnn-s3 stn-s1 stn-s2 stn-s3 --measure
  stnctl compare cnn stn --csv > results.csv
  stnctl compare cnn stn -o curves.png
  stnctl compare --sweep localizers -o curves.png
"""


def compare(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its name, an unambiguous prefix of its name, or `latest`.",
            autocompletion=complete_run,
        ),
    ] = None,
    sweep: SweepOption = None,
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

    With --sweep, the groups are those of a sweep, and the first one is its baseline. A file is
    written only with --output. --csv prints one row for each cell.
    """
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.table_styles import check_format

    style = check_format(json=json, csv=csv, markdown=markdown, latex=latex)
    if data is not None and not measure:
        raise UsageError("--data is for --measure", hint="results are read without the data")
    if output is not None:
        output = check_destination(output, ".png", force=force)
    if sweep is None:
        _compare_runs(runs or [], runs_dir, output, style, measure=measure, source=data)
    elif runs:
        raise UsageError("--sweep names all runs", hint="leave the runs out")
    else:
        _compare_sweep(sweep, runs_dir, output, style, measure=measure, source=data)


def _compare_runs(
    names: list[str],
    runs_dir: Path,
    output: Path | None,
    style: "Format",
    *,
    measure: bool,
    source: str | None,
) -> None:
    from stnctl.cli.comparison_output import show_comparison
    from stnctl.cli.results import check_results_folder
    from stnctl.evaluation.run_loader import find_runs

    if not names:
        raise UsageError("no run to compare", hint="name one or more runs, or --sweep SWEEP")
    found = find_runs(names, runs_dir)
    if output is None:
        check_results_folder(found[0], found[0].eval if len(found) > 1 else found[0].path)
    if measure:
        from stnctl.cli.measuring import measure_missing

        measure_missing(found, source=source)
    show_comparison(found, output, style)


def _compare_sweep(
    sweep: str,
    runs_dir: Path,
    output: Path | None,
    style: "Format",
    *,
    measure: bool,
    source: str | None,
) -> None:
    from stnctl.cli.results import write_then_show
    from stnctl.cli.sweep_results import finished_runs, open_results, show_statistics, write_figure

    results = open_results(sweep, runs_dir)
    if measure and (runs := finished_runs(results)):
        from stnctl.cli.measuring import measure_missing

        measure_missing(runs, source=source)
        results = open_results(sweep, runs_dir)
    write = partial(write_figure, results, output, None)
    show = partial(show_statistics, results, style)
    write_then_show(write, results.document, show, json=style == "json")
