"""``stnctl inspect``: figures and a table of selected examples of a run."""

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from stnctl.cli import console, inspect_options
from stnctl.cli.options import Checkpoint, Data, Json, Run, RunsDir, Split

if TYPE_CHECKING:
    from stnctl.inspection.run_inspection import Inspection
    from stnctl.runs.directory import RunDirectory

EXAMPLES = """\b
Examples:
  stnctl inspect latest --bad 9
  stnctl inspect runs/x --good 4
  stnctl inspect runs/x --index 0-8,17 --split validation
  stnctl inspect runs/x --confused 4,9
  stnctl inspect runs/x --class 7 --random 25 --show
  stnctl inspect runs/x --most-warped --animate
  stnctl inspect runs/x --distortion RTS
  stnctl inspect runs/x --epochs
  stnctl inspect runs/x --alignment
"""
_WIDEST_DRAWING = 120
"""Maximum width of a drawing of U and V in the terminal, in columns."""


def inspect(
    context: typer.Context,
    run: Run,
    bad: inspect_options.Bad = None,
    good: inspect_options.Good = None,
    random: inspect_options.Random = None,
    seed: inspect_options.RandomSeed = None,
    most_warped: inspect_options.MostWarped = False,
    index: inspect_options.Index = None,
    label: inspect_options.Label = None,
    confused: inspect_options.Confused = None,
    count: inspect_options.Count = None,
    sort: inspect_options.Sort = None,
    distortion: inspect_options.Distortion = None,
    animate: inspect_options.Animate = False,
    show: inspect_options.Show = False,
    epochs: inspect_options.Epochs = False,
    alignment: inspect_options.AlignmentFigure = False,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Show the worst predictions of a run, or other examples, as U and V.

    The default is --bad 9. --bad and --good rank the predictions by loss, the cross-entropy of the
    true class. --most-warped ranks them by warp: the mean distance, in pixels of U, of the points
    of the sampling grid from those of the identity. --class and --confused limit the choice.
    --sort index, true or predicted sorts the chosen examples in ascending order; --sort
    probability, loss or displacement begins with the largest value.

    The command writes U.png, V.png, UV.png and items.json to a folder in RUN/inspect/, such as
    test-bad-9 or test-index-3-17: each choice has its own folder. A long name ends with a hash.
    --animate adds animation.gif, in which theta moves from the identity to its value.

    For several transformers, or one between the layers of the classifier, the command writes
    transformers.png instead of V.png and UV.png. For each example, it shows what each transformer
    samples. Each of several transformers has a table of its own.

    The columns rot, sx, sy, shear, tx and ty describe the sampled region on U, the map that the
    transformer samples. A positive rotation is clockwise, sx and sy below 1 zoom in, and tx and ty
    move the region right and down, in pixels of U. For a projective transform, these values are
    those at the center, and the tilts are the change of scale per pixel. For a thin plate spline,
    mean and max are the mean and the maximum displacement of the control points, in pixels.

    --epochs shows the images in snapshots.npz of the run: epochs.png has V after several epochs,
    and epochs.gif the sampled region and V after each epoch. Keras is not loaded.

    --alignment measures how much of the drawn distortion each transformer undoes, on all images.
    alignment.png has heat maps of the undone against the drawn values, of all images and of each
    class, and the mean U and V of each class. The distortion must be one affine map of each image.
    """
    from stnctl.cli.eval_arguments import parse_distortion
    from stnctl.cli.inspect_arguments import (
        parse_selection,
        reject_with_alignment,
        reject_with_epochs,
    )
    from stnctl.cli.inspect_tables import print_inspection
    from stnctl.cli.loading import open_runs
    from stnctl.cli.results import check_results_folder, write_then_show
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.inspection.run_inspection import inspect_run, write_inspection

    if epochs:
        reject_with_epochs(context)
        [found] = find_runs([run], runs_dir)
        _show_epochs(found, data, json=json)
        return
    if alignment:
        reject_with_alignment(context)
        [found] = find_runs([run], runs_dir)
        _show_alignment(found, split, checkpoint, data, json=json)
        return
    selection = parse_selection(
        bad=bad,
        good=good,
        random=random,
        most_warped=most_warped,
        count=count,
        index=index,
        label=label,
        confused=confused,
        seed=seed,
        sort=sort,
    )
    override = None if distortion is None else parse_distortion(distortion)
    [found] = find_runs([run], runs_dir)
    name = None if override is None else override.name
    folder = found.inspect / selection.folder(split, checkpoint, name)
    check_results_folder(found, folder)
    [loaded] = open_runs([found], checkpoint=checkpoint, source=data)
    with console.progress(f"ranking {split}", unit="images") as progress:
        inspection = inspect_run(
            loaded,
            selection,
            split=split,
            checkpoint=checkpoint,
            override=override,
            animate=animate,
            progress=progress,
        )
    if inspection.note:
        console.note(f"note  {inspection.note}")

    def show_all(paths: list[Path]) -> None:
        print_inspection(inspection, paths)
        if show:
            _draw(inspection, json=False)

    if show and json:
        _draw(inspection, json=True)
    write = partial(write_inspection, folder, inspection)
    write_then_show(write, inspection.report, show_all, json=json)


def _draw(inspection: "Inspection", *, json: bool) -> None:
    """Draw the examples on stdout, or on stderr if stdout has the JSON document."""
    from stnctl.inspection.terminal_drawing import examples_drawing

    stream, say = (console.err(), console.note) if json else (console.out(), console.result)
    columns = min(shutil.get_terminal_size().columns, _WIDEST_DRAWING)
    style = console.drawing_style(stream)
    say(examples_drawing(inspection.examples, columns, style), styled=True)


def _show_epochs(run: "RunDirectory", data: str | None, *, json: bool) -> None:
    from stnctl.cli.inspect_tables import print_epochs
    from stnctl.cli.loading import open_job_of_run
    from stnctl.cli.results import check_results_folder, write_then_show
    from stnctl.inspection.epochs import EPOCHS_FOLDER, inspect_epochs, read_epochs
    from stnctl.storage.file_sets import write_files

    snapshots = read_epochs(run)
    folder = run.inspect / EPOCHS_FOLDER
    check_results_folder(run, folder)
    inspection = inspect_epochs(run, open_job_of_run(run, source=data), snapshots)
    write = partial(write_files, folder, inspection.files)
    write_then_show(write, inspection.report, partial(print_epochs, inspection), json=json)


def _show_alignment(
    run: "RunDirectory", split: str, checkpoint: str, data: str | None, *, json: bool
) -> None:
    from stnctl.cli.inspect_tables import print_alignment
    from stnctl.cli.loading import open_runs
    from stnctl.cli.results import check_results_folder, write_then_show
    from stnctl.inspection.alignment_inspection import alignment_folder, inspect_alignment
    from stnctl.storage.file_sets import write_files

    folder = run.inspect / alignment_folder(split, checkpoint)
    check_results_folder(run, folder)
    [loaded] = open_runs([run], checkpoint=checkpoint, source=data)
    with console.progress(f"aligning {split}", unit="images") as progress:
        inspection = inspect_alignment(
            loaded, split=split, checkpoint=checkpoint, progress=progress
        )
    write = partial(write_files, folder, inspection.files)
    write_then_show(write, inspection.report, partial(print_alignment, inspection), json=json)
