"""``stnctl eval``: metrics of a run, and error curves of one or more runs."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_run
from stnctl.cli.options import Checkpoint, Data, Json, RunsDir, Split, choice_option
from stnctl.config.choices import SEARCH_COMBINATIONS
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stnctl.cli.table_styles import Format
    from stnctl.evaluation.distortion_sweep import Sweep
    from stnctl.evaluation.loaded_run import LoadedRun
    from stnctl.evaluation.pose_search import PoseSearch
    from stnctl.evaluation.robustness import DistortionOverride
    from stnctl.runs.directory import RunDirectory

EXAMPLES = """\b
Examples:
  stnctl eval latest
  stnctl eval runs/x --split validation --json
  stnctl eval runs/x --distortion RTS
  stnctl eval runs/x --distortion '{set: R, rotation: [-30, 30]}'
  stnctl eval runs/cnn runs/stn
  stnctl eval runs/cnn runs/stn --sweep rotation=-180:180:15
  stnctl eval runs/x --search rotation=-90:90:15
"""


def evaluate(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its name, an unambiguous prefix of its name, or `latest`. "
            "Several runs are compared.",
            autocompletion=complete_run,
        ),
    ],
    distortion: Annotated[
        str | None,
        typer.Option(
            "--distortion",
            metavar="SET",
            help="Distortion of the images, default that of the run: any value of "
            "`data.distortion`, such as `none`, `R`, or a list of steps.",
        ),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            "--sweep",
            metavar="NAME=LOW:HIGH:STEP",
            help="Plot the error against one distortion: `rotation` (degrees), `scale` (factor), "
            "`shift`, `corner_std` or `elastic_std` (pixels). Also NAME=V1,V2,...; values are "
            "sorted.",
        ),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(
            "--search",
            metavar="NAME=LOW:HIGH:STEP",
            help="Classify each image also under a further distortion at each value, as for "
            "--sweep, and combine the predictions.",
        ),
    ] = None,
    combine: Annotated[
        str | None,
        choice_option(
            "--combine",
            SEARCH_COMBINATIONS,
            "Combination of the predictions of --search: the most confident one (default), or the "
            "mean of the probabilities.",
        ),
    ] = None,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Measure loss, accuracy and confusion matrix of a run.

    The command prints them with the precision and the recall of each class, and writes
    RUN/eval/SPLIT.json and RUN/eval/SPLIT.png. With --checkpoint last, the names are
    SPLIT-last.json and SPLIT-last.png; with --distortion R, they are SPLIT-R.json and SPLIT-R.png.
    Under another distortion, the canvas of the network stays the same.

    Several runs are measured on the test split, and then compared as by `stnctl compare`.

    --sweep applies one distortion at each value of a range, and plots the error against the value.
    The curves of all runs are in one table and one figure. The table also has the sharpness of the
    images: 1 for the stored images, less if interpolation blurs them. The files are in RUN/eval of
    the first run: sweep-NAME-VALUES.json and sweep-NAME-VALUES.png. VALUES is followed by the split
    unless it is `test`, by `last` with --checkpoint last, and by the other runs. A long name ends
    with a hash, so that other values or runs have other files.

    --search renders each image under each value of a range too, on top of the distortion of the
    run, and combines the predictions. It needs as many passes over the images as there are values.
    The names of the files contain `search`, the range and the combination.
    """
    _check_options(runs, distortion, sweep, split)
    _check_search(runs, sweep, search, combine)
    from stnctl.cli.eval_arguments import parse_distortion, parse_search, parse_sweep
    from stnctl.cli.loading import open_runs
    from stnctl.cli.results import check_results_folder
    from stnctl.evaluation.run_loader import find_runs

    override = None if distortion is None else parse_distortion(distortion)
    values = None if sweep is None else parse_sweep(sweep)
    poses = None if search is None else parse_search(search, combine or SEARCH_COMBINATIONS[0])
    found = find_runs(runs, runs_dir)
    if len(found) > 1 and values is None:
        _compare(found, override, checkpoint=checkpoint, source=data, json=json)
        return
    check_results_folder(found[0], found[0].eval)
    loaded = open_runs(found, checkpoint=checkpoint, source=data)
    if values:
        _sweep(loaded, values, split=split, checkpoint=checkpoint, json=json)
    else:
        _evaluate(loaded[0], override, poses, split=split, checkpoint=checkpoint, json=json)


def _evaluate(
    loaded: "LoadedRun",
    override: "DistortionOverride | None",
    search: "PoseSearch | None",
    *,
    split: str,
    checkpoint: str,
    json: bool,
) -> None:
    from stnctl.cli.eval_tables import print_evaluation
    from stnctl.cli.results import write_then_show
    from stnctl.evaluation.run_evaluation import evaluate_run, write_evaluation

    with console.progress(split, unit="images") as progress:
        evaluation = evaluate_run(
            loaded,
            split=split,
            checkpoint=checkpoint,
            override=override,
            search=search,
            progress=progress,
        )
    if evaluation.note:
        console.note(f"note  {evaluation.note}")

    def show(paths: list[Path]) -> None:
        print_evaluation(evaluation, paths)
        if paths and not override and not search:
            console.next_steps([console.command("stnctl", "inspect", loaded.run.path, "--bad", 9)])

    write = partial(write_evaluation, loaded.run.eval, evaluation)
    write_then_show(write, evaluation.report, show, json=json)


def _compare(
    runs: "list[RunDirectory]",
    override: "DistortionOverride | None",
    *,
    checkpoint: str,
    source: str | None,
    json: bool,
) -> None:
    from stnctl.cli.comparison_output import show_comparison
    from stnctl.cli.measuring import measure_runs

    evaluations = measure_runs(runs, checkpoint=checkpoint, override=override, source=source)
    text = None if override is None else override.text
    measured = {"split": "test", "checkpoint": checkpoint, "distortion": text}
    reports = [evaluation.report for evaluation in evaluations]
    style: Format = "json" if json else "text"
    show_comparison(runs, None, style, measured=measured, reports=reports)


def _sweep(
    loaded: "list[LoadedRun]", sweep: "Sweep", *, split: str, checkpoint: str, json: bool
) -> None:
    from stnctl.cli.eval_tables import print_sweep
    from stnctl.cli.results import write_then_show
    from stnctl.evaluation.sweep_report import comparison_notes, sweep_runs, write_sweep

    for note in comparison_notes(loaded, split):
        console.note(f"note  {note}")
    with ExitStack() as bars:

        def observe(
            label: str,
        ) -> "tuple[Callable[[int, int], None], Callable[[int, float], None]]":
            bars.close()
            progress = bars.enter_context(console.progress(label, unit="images"))
            return progress, partial(_note_value, sweep, label)

        report = sweep_runs(loaded, sweep, split=split, checkpoint=checkpoint, observe=observe)
    write = partial(write_sweep, loaded[0].run.eval, report)
    write_then_show(write, report.document, partial(print_sweep, report), json=json)


def _note_value(sweep: "Sweep", label: str, number: int, error_percent: float) -> None:
    """Print a line for a finished value, where there is no progress bar."""
    from stnctl.evaluation.file_names import number_text

    if not console.is_interactive():
        value = number_text(sweep.values[number - 1])
        console.note(
            f"{label}  {number}/{len(sweep.values)}  {sweep.name} {value}  "
            f"error {error_percent:.2f} %"
        )


def _check_search(
    runs: list[str], sweep: str | None, search: str | None, combine: str | None
) -> None:
    if search is None and combine is not None:
        raise UsageError(f"--combine {combine}: there are no predictions to combine: use --search")
    if search is not None and (sweep is not None or len(runs) > 1):
        raise UsageError("--search measures a single run, without --sweep")


def _check_options(runs: list[str], distortion: str | None, sweep: str | None, split: str) -> None:
    if distortion is not None and sweep is not None:
        raise UsageError(
            "--distortion and --sweep exclude each other: a sweep applies a single distortion"
        )
    if len(runs) > 1 and sweep is None and split != "test":
        raise UsageError(
            f"--split {split}: several runs are compared on the test split",
            hint="measure each run by itself, or use --sweep",
        )
