"""``stnctl inspect``: figures and a table of selected examples of a run."""

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Json, Run, RunsDir, Split, choice_option
from stnctl.config.choices import MAX_INSPECTED, SORTED_BY
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

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
"""
_WIDEST_DRAWING = 120
"""Maximum width of a drawing of U and V in the terminal, in columns."""


def _number(option: str, help_text: str) -> "Any":
    return typer.Option(option, metavar="N", min=1, max=MAX_INSPECTED, help=help_text)


def inspect(
    run: Run,
    bad: Annotated[int | None, _number("--bad", "The N worst predictions.")] = None,
    good: Annotated[int | None, _number("--good", "The N best predictions.")] = None,
    random: Annotated[int | None, _number("--random", "N random examples.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", metavar="N", min=0, max=2**32 - 1, help="Seed of --random, default 0."
        ),
    ] = None,
    most_warped: Annotated[
        bool, typer.Option("--most-warped", help="The examples with the largest warp.")
    ] = False,
    index: Annotated[
        str | None,
        typer.Option(
            "--index", metavar="I,J-K,...", help="The examples with these indices, such as 0-8,11."
        ),
    ] = None,
    label: Annotated[
        int | None,
        typer.Option("--class", metavar="K", min=0, max=1999, help="Only examples of class K."),
    ] = None,
    confused: Annotated[
        str | None,
        typer.Option(
            "--confused",
            metavar="K,L",
            help="Only examples of class K that are taken for class L, and the reverse.",
        ),
    ] = None,
    count: Annotated[
        int | None,
        _number("--count", "Number of examples of --most-warped, --class or --confused."),
    ] = None,
    sort: Annotated[
        str | None,
        choice_option("--sort", SORTED_BY, "Order of the chosen examples."),
    ] = None,
    distortion: Annotated[
        str | None,
        typer.Option(
            "--distortion",
            metavar="SET",
            help="Distortion of the images, default that of the run; as for `stnctl eval`.",
        ),
    ] = None,
    animate: Annotated[
        bool, typer.Option("--animate", help="Also write an animation: U morphs to V.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Also draw U and V in the terminal.")
    ] = False,
    epochs: Annotated[
        bool,
        typer.Option("--epochs", help="Show the same validation images through the training."),
    ] = False,
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
    """
    from stnctl.cli.eval_arguments import parse_distortion
    from stnctl.cli.inspect_arguments import parse_selection
    from stnctl.cli.inspect_tables import print_inspection
    from stnctl.cli.loading import open_runs
    from stnctl.cli.results import check_results_folder, write_then_show
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.inspection.run_inspection import inspect_run, write_inspection

    if epochs:
        others = {
            "--bad": bad, "--good": good, "--random": random, "--seed": seed, "--index": index,
            "--most-warped": most_warped or None, "--class": label, "--confused": confused,
            "--count": count, "--sort": sort, "--distortion": distortion,
            "--animate": animate or None, "--show": show or None,
            "--split": None if split == "test" else split,
            "--checkpoint": None if checkpoint == "best" else checkpoint,
        }  # fmt: skip
        _reject_with_epochs(others)
        [found] = find_runs([run], runs_dir)
        _show_epochs(found, data, json=json)
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


def _reject_with_epochs(options: "Mapping[str, Any]") -> None:
    given = [option for option, value in options.items() if value is not None]
    if given:
        raise UsageError(
            f"--epochs and {given[0]} exclude each other: the images and the epochs are those of "
            "the snapshots"
        )


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
