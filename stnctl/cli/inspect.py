"""``stnctl inspect``: single examples of a run, as pictures and numbers."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Json, Run, RunsDir, Split
from stnctl.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from stnctl.evaluation.run_loader import LoadedRun
    from stnctl.inspection.examples import InspectedExample, InspectedExamples

EXAMPLES = """\b
Examples:
  stnctl inspect latest --bad 9
  stnctl inspect runs/x --good 4
  stnctl inspect runs/x --index 3,17 --split validation
"""
MOST = 100
_TITLES = {
    "bad": "the {} worst predictions",
    "good": "the {} best predictions",
    "index": "given examples",
}
_COLUMNS = {
    "rotation_degrees": ("turn°", ".2f"),
    "scale_x": ("sx", ".2f"),
    "scale_y": ("sy", ".2f"),
    "shear": ("shear", ".2f"),
    "translation_x": ("tx", ".2f"),
    "translation_y": ("ty", ".2f"),
    "tilt_x": ("tilt x", ".4f"),
    "tilt_y": ("tilt y", ".4f"),
    "mean_displacement": ("mean", ".2f"),
    "largest_displacement": ("most", ".2f"),
}
"""Parts of a theta -> the head of their column, and how to write them."""


def inspect(
    run: Run,
    bad: Annotated[
        int | None, typer.Option("--bad", metavar="N", min=1, max=MOST, help="The N worst.")
    ] = None,
    good: Annotated[
        int | None, typer.Option("--good", metavar="N", min=1, max=MOST, help="The N best.")
    ] = None,
    index: Annotated[
        str | None, typer.Option("--index", metavar="I,J,...", help="Given examples.")
    ] = None,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Show the worst predictions of a run, as U and V.

    Or its best ones, or given ones. Examples are ranked by loss, the cross-entropy of their true
    class. Without a choice, the nine worst are shown. Writes U.png, V.png, UV.png and items.json
    to a folder in RUN/inspect/.

    turn, sx, sy, shear, tx and ty describe the frame on U: a positive turn is clockwise, sx and
    sy below 1 zoom in, tx and ty shift it right and down, in pixels of U. Of a projective
    transform these hold at the center, and the tilts tell how fast the scale changes, per pixel;
    of a thin plate spline, mean and most are how far its control points are displaced, in pixels.
    """
    from stnctl.cli.loading import open_run

    kind, value = _selection(bad, good, index)
    loaded = open_run(run, runs_dir, checkpoint=checkpoint, source=data)
    examples = _read(loaded, split, kind, value)
    report = _report(loaded, split, checkpoint, examples)
    pictures = _draw(loaded, f"{_TITLES[kind].format(value)} on the {split} set", examples)
    paths = _write(loaded.run.inspect / _folder(split, checkpoint, kind, value), pictures, report)
    if json:
        console.result_json({**report, "files": [str(path) for path in paths]})
    else:
        _render(report, examples, paths)


def _folder(split: str, checkpoint: str, kind: str, value: Any) -> str:
    """Return a name of its own for each selection, such as ``test-bad-9``."""
    values = value if isinstance(value, list) else [value]
    shown = [*values[:8], *([f"and-{len(values) - 8}-more"] if len(values) > 8 else [])]
    last = [] if checkpoint == "best" else [checkpoint]
    return "-".join(map(str, [split, *last, kind, *shown]))


def _selection(bad: int | None, good: int | None, index: str | None) -> tuple[str, Any]:
    """Return what to show as (bad, N), (good, N) or (index, [I, J, ...])."""
    given = [
        (kind, value)
        for kind, value in (("bad", bad), ("good", good), ("index", index))
        if value is not None
    ]
    if len(given) > 1:
        raise UsageError("choose one of --bad, --good and --index")
    kind, value = given[0] if given else ("bad", 9)
    return kind, _parse_indices(value) if isinstance(value, str) else value


def _parse_indices(text: str) -> list[int]:
    try:
        indices = [int(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"--index: expected whole numbers such as 3,17, got {text!r}") from None
    if len(indices) > MOST:
        raise UsageError(f"--index: expected at most {MOST} examples, got {len(indices)}")
    return indices


def _read(loaded: "LoadedRun", split: str, kind: str, value: Any) -> "InspectedExamples":
    from stnctl.inspection.examples import read_examples

    return read_examples(
        loaded.model,
        loaded.examples(split),
        _choose(loaded, split, kind, value),
        transformer=loaded.config.model.transformer,
    )


def _choose(loaded: "LoadedRun", split: str, kind: str, value: Any) -> "np.ndarray":
    from stnctl.evaluation.classification_metrics import cross_entropy
    from stnctl.evaluation.predict import predict
    from stnctl.inspection.examples import best_indices, given_indices, worst_indices

    examples = loaded.examples(split)
    if kind == "index":
        return given_indices(value, len(examples))
    with console.progress(f"ranking {split}", unit="images") as progress:
        logits = predict(loaded.model, examples, progress=progress)
    ranking = worst_indices if kind == "bad" else best_indices
    return ranking(cross_entropy(logits, examples.labels), value)


def _report(
    loaded: "LoadedRun", split: str, checkpoint: str, examples: "InspectedExamples"
) -> dict[str, Any]:
    return {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "split": split,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "items": [asdict(item) for item in examples.items],
    }


def _write(folder: Path, pictures: dict[str, bytes], report: dict[str, Any]) -> list[Path]:
    from stnctl.storage.atomic import atomic_write
    from stnctl.storage.disk import make_folder
    from stnctl.storage.json_files import write_json

    make_folder(folder)
    for name, picture in pictures.items():
        atomic_write(folder / name, picture)
    write_json(folder / "items.json", report)
    return [folder / name for name in (*pictures, "items.json")]


def _draw(loaded: "LoadedRun", title: str, examples: "InspectedExamples") -> dict[str, bytes]:
    from stnctl.figures.example_grids import grid_outlines, maps_png, pairs_png, shade_limits

    captions = [_caption(item) for item in examples.items]
    right = [item.true == item.predicted for item in examples.items]
    title = f"{loaded.run.name}: {title}"
    U, V = examples.U, examples.V
    limits = shade_limits(U)
    pictures = {"U.png": maps_png(U, limits, captions, right, heading="U", title=title)}
    transformer = loaded.config.model.transformer
    if transformer is None or V is None or examples.grid is None:
        return pictures
    pictures["V.png"] = maps_png(V, limits, captions, right, heading="V", title=title)
    outlines = grid_outlines(examples.grid, U.shape[1:3], align_corners=transformer.align_corners)
    title += f"\n{_LEGEND}"
    pictures["UV.png"] = pairs_png(U, V, outlines, limits, captions, right, title=title)
    return pictures


_LEGEND = (
    "U is the image. The frame on it is where the transformer looks; its orange side is up.\n"
    "V is what it sees there, and all that the classifier gets."
)


def _caption(item: "InspectedExample") -> str:
    """Return the caption of an example, on two lines if its label is a sum."""
    comma = "\n" if item.terms else ", "
    return f"True: {_truth(item)}{comma}Pred: {item.predicted} ({item.probability:.1%})"


def _truth(item: "InspectedExample") -> str:
    """Return the label of an example, written out if it is a sum."""
    from stnctl.inspection.examples import format_sum

    return format_sum(item.terms) if item.terms else str(item.true)


def _render(report: dict[str, Any], examples: "InspectedExamples", paths: list[Path]) -> None:
    header = ["index", "true", "pred", "prob", "loss"]
    header += [_COLUMNS[part][0] for part in examples.items[0].parts or ()]
    console.result_table(
        f"{report['run']}: {report['split']} of {report['data']}, epoch {report['epoch']}",
        header,
        [_row(item) for item in examples.items],
    )
    if examples.V is None:
        console.note("note  a plain CNN has no transformer, so there is no V: only U was written")
    elif _same_thetas(examples):
        console.note(
            "note  theta is nearly the same for all of these: it does not follow the image"
        )
    for path in paths:
        console.result(str(path))


def _same_thetas(examples: "InspectedExamples") -> bool:
    """Return whether there are several examples, and no parameter differs by 0.02 among them."""
    import numpy as np

    thetas = np.array([item.theta for item in examples.items])
    return len(thetas) > 1 and float(np.ptp(thetas, axis=0).max()) < 0.02


def _row(item: "InspectedExample") -> list[str]:
    row = [str(item.index), _truth(item), str(item.predicted)]
    row += [f"{item.probability:.3f}", f"{item.loss:.3f}"]
    return row + [f"{value:z{_COLUMNS[part][1]}}" for part, value in (item.parts or {}).items()]
