"""``stnctl inspect``: figures and a table of selected examples of a run."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Json, Run, RunsDir, Split
from stnctl.config.messages import MAX_TEXT, format_decimal, shorten
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.inspection.run_inspection import Inspection, Selection

EXAMPLES = """\b
Examples:
  stnctl inspect latest --bad 9
  stnctl inspect runs/x --good 4
  stnctl inspect runs/x --index 3,17 --split validation
"""
MAX_EXAMPLES = 100
DEFAULT_EXAMPLES = 9
_COLUMNS = {
    "rotation_degrees": ("rot°", 2),
    "scale_x": ("sx", 2),
    "scale_y": ("sy", 2),
    "shear": ("shear", 2),
    "translation_x": ("tx", 2),
    "translation_y": ("ty", 2),
    "tilt_x": ("tilt x", 4),
    "tilt_y": ("tilt y", 4),
    "mean_displacement": ("mean", 2),
    "largest_displacement": ("max", 2),
}
"""Name of a quantity from `Transform.describe` -> heading and decimal digits of its column."""


def inspect(
    run: Run,
    bad: Annotated[
        int | None,
        typer.Option(
            "--bad", metavar="N", min=1, max=MAX_EXAMPLES, help="The N worst predictions."
        ),
    ] = None,
    good: Annotated[
        int | None,
        typer.Option(
            "--good", metavar="N", min=1, max=MAX_EXAMPLES, help="The N best predictions."
        ),
    ] = None,
    index: Annotated[
        str | None,
        typer.Option("--index", metavar="I,J,...", help="The examples with these indices."),
    ] = None,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Show the worst predictions of a run, as U and V.

    --good shows the best predictions instead, and --index shows given examples. The default is
    --bad 9. Predictions are ranked by loss, the cross-entropy of the true class. The command writes
    U.png, V.png, UV.png and items.json to a folder in RUN/inspect/, such as test-bad-9 or
    test-index-3-17. A long name ends with a hash.

    For several transformers, or one between the layers of the classifier, the command writes
    transformers.png instead of V.png and UV.png. For each example, it shows what each transformer
    samples. Each of several transformers has a table of its own.

    The columns rot, sx, sy, shear, tx and ty describe the sampled region on U, the map that the
    transformer samples. A positive rotation is clockwise, sx and sy below 1 zoom in, and tx and ty
    move the region right and down, in pixels of U. For a projective transform, these values are
    those at the center, and the tilts are the change of scale per pixel. For a thin plate spline,
    mean and max are the mean and the maximum displacement of the control points, in pixels.
    """
    from stnctl.cli.loading import open_runs
    from stnctl.cli.results import check_results_folder, write_then_show
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.inspection.run_inspection import inspect_run, write_inspection

    selection = _selection(bad, good, index)
    [found] = find_runs([run], runs_dir)
    folder = found.inspect / selection.folder(split, checkpoint)
    check_results_folder(found, folder)
    [loaded] = open_runs([found], checkpoint=checkpoint, source=data)
    with console.progress(f"ranking {split}", unit="images") as progress:
        inspection = inspect_run(
            loaded, selection, split=split, checkpoint=checkpoint, progress=progress
        )
    write = partial(write_inspection, folder, inspection)
    write_then_show(write, inspection.report, partial(_print, inspection), json=json)


def _selection(bad: int | None, good: int | None, index: str | None) -> "Selection":
    from stnctl.inspection.run_inspection import Selection

    if sum(option is not None for option in (bad, good, index)) > 1:
        raise UsageError("choose one of --bad, --good and --index")
    if index is not None:
        return Selection("index", indices=tuple(_parse_indices(index)))
    return Selection("good", good) if good else Selection("bad", bad or DEFAULT_EXAMPLES)


def _parse_indices(text: str) -> list[int]:
    try:
        indices = [int(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(
            f"--index: expected whole numbers such as 3,17, got {shorten(repr(text), MAX_TEXT)}"
        ) from None
    if len(indices) > MAX_EXAMPLES:
        raise UsageError(f"--index: expected at most {MAX_EXAMPLES} examples, got {len(indices)}")
    if len(set(indices)) < len(indices):
        raise UsageError(f"--index: an index is given twice in {shorten(repr(text), MAX_TEXT)}")
    return indices


def _print(inspection: "Inspection", paths: list[Path]) -> None:
    from stnctl.inspection.examples import true_label

    report, items = inspection.report, inspection.examples.items
    header = ["index", "true", "pred", "prob", "loss", *_headings(items[0].parts or {})]
    rows = [
        [
            str(item.index),
            true_label(item),
            str(item.predicted),
            f"{item.probability:.3f}",
            format_decimal(item.loss, 3),
            *_cells(item.parts or {}),
        ]
        for item in items
    ]
    console.result_table(
        f"{report['run']}: {report['split']} of {report['data']}, epoch {report['epoch']}",
        header,
        rows,
    )
    if items[0].transformers:
        _print_transformers(inspection)
    _print_notes(inspection)
    for path in paths:
        console.result(str(path))


def _print_transformers(inspection: "Inspection") -> None:
    """Print a table for each of several transformers, below its heading."""
    items = inspection.examples.items
    for number, maps in enumerate(inspection.examples.transformers):
        thetas = [(item.transformers or [])[number] for item in items]
        console.result_table(
            maps.title,
            ["index", *_headings(thetas[0].parts)],
            [
                [str(item.index), *_cells(theta.parts)]
                for item, theta in zip(items, thetas, strict=True)
            ],
        )


def _print_notes(inspection: "Inspection") -> None:
    transformers, same = inspection.examples.transformers, inspection.same_thetas
    if not transformers:
        console.note("note  a plain CNN has no transformer and no V: only U is written")
    constant = "nearly the same for all of these: it does not depend on the image"
    if len(transformers) == len(same) == 1:
        console.note(f"note  theta is {constant}")
    else:
        for maps in same:
            console.note(f"note  theta of {maps.title} is {constant}")


def _headings(parts: dict[str, float]) -> list[str]:
    return [_COLUMNS[part][0] for part in parts]


def _cells(parts: dict[str, float]) -> list[str]:
    return [format_decimal(value, _COLUMNS[part][1]) for part, value in parts.items()]
