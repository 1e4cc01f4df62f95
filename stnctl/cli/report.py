"""``stnctl report``: one HTML page about one or more runs, or about a sweep."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_run
from stnctl.cli.options import Checkpoint, Data, Force, Json, RunsDir, Split, SweepOption
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.cli.sweep_results import SweepResults
    from stnctl.evaluation.loaded_run import LoadedRun
    from stnctl.reports.run_page import RunPage
    from stnctl.runs.directory import RunDirectory

EXAMPLES = """\b
Examples:
  stnctl report latest
  stnctl report runs/cnn runs/stn -o report.html
  stnctl report runs/x --split validation
  stnctl report --sweep localizers
"""


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its name, an unambiguous prefix of its name, or `latest`.",
            autocompletion=complete_run,
        ),
    ] = None,
    sweep: SweepOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.html",
            help="The page, default report.html in the run or in the folder of the sweep.",
        ),
    ] = None,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    force: Force = False,
    json: Json = False,
) -> None:
    """Write an HTML page about runs: results, examples, transformers and provenance.

    The page is one file without scripts. It loads nothing, so it can be opened offline, sent and
    printed. It shows the confusion matrix and the metrics of each class, the worst and the best
    predictions, the mean image of each class in U and V, the poses that each transformer gives, how
    far they undo the distortion where it is known, the layers, and how to repeat the run. Several
    runs are also compared, as by `stnctl compare`.

    With --sweep, the page begins with the tables of a sweep, its remarks and its figures. Runs that
    are named too follow.
    """
    from stnctl.cli.results import write_then_show
    from stnctl.cli.sweep_results import open_results
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.reports.comparison_report import compare
    from stnctl.reports.page import render_page
    from stnctl.reports.page_section import comparison_section
    from stnctl.storage.file_sets import write_files
    from stnctl.sweeps.sweep_page import sweep_section

    if not runs and sweep is None:
        raise UsageError("no run to report", hint="name one or more runs, or --sweep SWEEP")
    found = find_runs(runs or [], runs_dir)
    results = None if sweep is None else open_results(sweep, runs_dir)
    target = _target(found, results, output, force=force)
    sections = [] if results is None else [sweep_section(results.document)]
    pages = _pages(found, split, checkpoint, data)
    measured = {"split": split, "checkpoint": checkpoint, "distortion": None}
    metrics = [{"accuracy": page.metrics.accuracy, "loss": page.metrics.loss} for page in pages]
    if len(pages) > 1:
        sections.append(comparison_section(compare(found, measured=measured, reports=metrics)))
    content = render_page(_title(sweep, pages), pages, sections=sections)
    document = {
        **({} if sweep is None else {"sweep": sweep}),
        "split": split,
        "checkpoint": checkpoint,
        "runs": [{"run": page.name, **result} for page, result in zip(pages, metrics, strict=True)],
    }
    write = partial(write_files, target.parent, {target.name: content})
    write_then_show(write, document, _show, json=json)


def _target(
    runs: "list[RunDirectory]",
    results: "SweepResults | None",
    output: Path | None,
    *,
    force: bool,
) -> Path:
    """Return the checked path of the page."""
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import check_results_folder
    from stnctl.evaluation.file_names import file_name
    from stnctl.storage.disk import check_writable

    if output is not None:
        return check_destination(output, ".html", force=force)
    if results is not None:
        check_writable(results.folder.path)
        return results.folder.report
    names = [] if len(runs) == 1 else ["with", *(run.name for run in runs[1:])]
    name = file_name([runs[0].report.stem, *names])
    check_results_folder(runs[0], runs[0].path)
    return runs[0].report.with_name(f"{name}.html")


def _pages(
    runs: "list[RunDirectory]", split: str, checkpoint: str, source: str | None
) -> "list[RunPage]":
    """Load the runs, and return the content of the page for each."""
    from stnctl.cli.loading import open_runs

    if not runs:
        return []
    loaded = open_runs(runs, checkpoint=checkpoint, source=source)
    return [_page(each, n, split, checkpoint) for n, each in enumerate(loaded)]


def _page(loaded: "LoadedRun", number: int, split: str, checkpoint: str) -> "RunPage":
    from stnctl.reports.run_page import read_run_page

    with console.progress(f"{loaded.run.name}: {split}", unit="images") as progress:
        return read_run_page(
            loaded, split=split, checkpoint=checkpoint, prefix=f"r{number}", progress=progress
        )


def _show(paths: list[Path]) -> None:
    for path in paths:
        console.result(str(path))


def _title(sweep: str | None, pages: "list[RunPage]") -> str:
    names = [page.name for page in pages] if len(pages) < 3 else [f"{len(pages)} runs"]
    return " and ".join([*([] if sweep is None else [f"sweep {sweep}"]), *names])
