"""``stnctl report``: one HTML page about one or more runs."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Force, Json, RunsDir, Split

if TYPE_CHECKING:
    from stnctl.evaluation.loaded_run import LoadedRun
    from stnctl.reports.run_page import RunPage

EXAMPLES = """\b
Examples:
  stnctl report latest
  stnctl report runs/cnn runs/stn -o report.html
  stnctl report runs/x --split validation
"""


def report(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its name, an unambiguous prefix of its name, or `latest`.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.html", help="The page, default report.html in the run."
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
    """
    from stnctl.cli.loading import open_runs
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import check_results_folder, write_then_show
    from stnctl.evaluation.file_names import file_name
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.reports.comparison_report import compare
    from stnctl.reports.page import render_page
    from stnctl.storage.file_sets import write_files

    found = find_runs(runs, runs_dir)
    if output is None:
        names = [] if len(found) == 1 else ["with", *(run.name for run in found[1:])]
        name = file_name([found[0].report.stem, *names])
        target = found[0].report.with_name(f"{name}.html")
        check_results_folder(found[0], found[0].path)
    else:
        target = check_destination(output, ".html", force=force)
    loaded = open_runs(found, checkpoint=checkpoint, source=data)
    pages = [_page(each, n, split, checkpoint) for n, each in enumerate(loaded)]
    title = " and ".join(page.name for page in pages) if len(pages) < 3 else f"{len(pages)} runs"
    measured = {"split": split, "checkpoint": checkpoint, "distortion": None}
    results = [{"accuracy": page.metrics.accuracy, "loss": page.metrics.loss} for page in pages]
    comparison = compare(found, measured=measured, reports=results) if len(pages) > 1 else None
    content = render_page(title, pages, comparison=comparison)
    document = {
        "split": split,
        "checkpoint": checkpoint,
        "runs": [{"run": page.name, **result} for page, result in zip(pages, results, strict=True)],
    }
    write = partial(write_files, target.parent, {target.name: content})
    write_then_show(write, document, _show, json=json)


def _page(loaded: "LoadedRun", number: int, split: str, checkpoint: str) -> "RunPage":
    from stnctl.reports.run_page import read_run_page

    with console.progress(f"{loaded.run.name}: {split}", unit="images") as progress:
        return read_run_page(
            loaded, split=split, checkpoint=checkpoint, prefix=f"r{number}", progress=progress
        )


def _show(paths: list[Path]) -> None:
    for path in paths:
        console.result(str(path))
