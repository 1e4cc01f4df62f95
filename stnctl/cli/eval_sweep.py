"""The error of runs as one distortion grows."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.cli.eval_arguments import Sweep
from stnctl.evaluation.distortion_sweep import error_curve, trained_range
from stnctl.evaluation.run_loader import LoadedRun
from stnctl.figures.curve import Curve, curves_png
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write
from stnctl.storage.disk import make_folder
from stnctl.storage.json_files import write_json

_NAMED, _LONGEST = 2, 40
"""Runs beside the first that the names of files tell, and how many letters of each."""


def evaluate_sweep(
    runs: Sequence[LoadedRun], sweep: Sweep, *, split: str, checkpoint: str, json: bool
) -> None:
    """Measure runs at each value of a sweep, write the curves to RUN/eval of the first, and print.

    Args:
        runs: The runs.
        sweep: What is swept.
        split: Part of the data.
        checkpoint: Whose weights these are.
        json: Whether to print a JSON document.

    Raises:
        UsageError: If it can't be done to the images.
    """
    _note_other_images(runs, split)
    _note_other_classes(runs, split)
    labels = _labels(runs)
    report = {
        "sweep": sweep.name,
        "unit": sweep.unit,
        "values": list(sweep.values),
        "split": split,
        "checkpoint": checkpoint,
        "runs": [
            _curve(loaded, sweep, split, label) for loaded, label in zip(runs, labels, strict=True)
        ],
    }
    stem = _stem(sweep, split, checkpoint, [loaded.run for loaded in runs[1:]])
    paths = _write(runs[0].run.eval, stem, report, labels)
    if json:
        console.result_json({**report, "files": [str(path) for path in paths]})
    else:
        _render(report, labels, paths)


def _note_other_images(runs: Sequence[LoadedRun], split: str) -> None:
    """Tell what the runs differ in if their images do."""
    views = [loaded.view(split) for loaded in runs]
    differing: dict[str, set[Any]] = {
        "data": {loaded.dataset.sha256 for loaded in runs},
        "the canvas": {view.input_shape for view in views},
        "the seed of the draws": {view.seed for view in views},
    }
    names = [name for name, values in differing.items() if len(values) > 1]
    if names:
        console.note(f"note  the runs see different images: they differ in {', '.join(names)}")


def _note_other_classes(runs: Sequence[LoadedRun], split: str) -> None:
    """Tell if an error of 10 classes stands beside one of 19."""
    counts = {loaded.view(split).num_classes(loaded.dataset.num_classes) for loaded in runs}
    if len(counts) > 1:
        numbers = " and ".join(map(str, sorted(counts)))
        console.note(f"note  the runs have {numbers} classes: their errors can't be compared")


def _curve(loaded: LoadedRun, sweep: Sweep, split: str, label: str) -> dict[str, Any]:
    view = loaded.view(split)
    with console.progress(label, unit="images") as progress:
        errors = error_curve(
            loaded.model,
            view,
            sweep.name,
            sweep.values,
            progress=progress,
            on_value=partial(_note_value, sweep, label),
        )
    image_size = view.split.images.shape[1:3]
    trained = trained_range(loaded.config.data.distortion, sweep.name, image_size)
    return {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "data_sha256": loaded.dataset.sha256,
        "epoch": loaded.num_epochs,
        "input_shape": list(view.input_shape),
        "draw_seed": view.seed,
        "num_examples": len(view),
        "trained_range": trained and list(trained),
        "error_percent": errors,
    }


def _note_value(sweep: Sweep, label: str, number: int, error_percent: float) -> None:
    """Print a line for a value that is done, where there is no bar to watch."""
    if not console.err().is_terminal or console.err().is_dumb_terminal:
        console.note(
            f"{label}  {number}/{len(sweep.values)}  {sweep.name} {sweep.values[number - 1]:g}  "
            f"error {error_percent:.2f} %"
        )


def _labels(runs: Sequence[LoadedRun]) -> list[str]:
    """Return the runs' names, or their paths if two have the same name."""
    names = [loaded.run.name for loaded in runs]
    alike = len(set(names)) < len(names)
    return [str(loaded.run.path) for loaded in runs] if alike else names


def _stem(sweep: Sweep, split: str, checkpoint: str, others: Sequence[RunDirectory]) -> str:
    """Return a name of its own for each quantity, split, checkpoint and company of runs."""
    words = ["sweep", sweep.name]
    words += [split] if split != "test" else []
    words += ["last"] if checkpoint == "last" else []
    return "-".join([*words, *(_company(others) if others else ())])


def _company(others: Sequence[RunDirectory]) -> list[str]:
    """Return the first names, and what tells apart runs that are called the same."""
    words = ["with", *(run.name[:_LONGEST] for run in others[:_NAMED])]
    words += [f"and-{len(others) - _NAMED}-more"] if len(others) > _NAMED else []
    paths = "\n".join(str(run.path.resolve()) for run in others)
    return [*words, sha256(paths.encode(errors="surrogateescape")).hexdigest()[:8]]


def _write(folder: Path, stem: str, report: dict[str, Any], labels: Sequence[str]) -> list[Path]:
    make_folder(folder)
    paths = [folder / f"{stem}.json", folder / f"{stem}.png"]
    curves = [
        Curve(label, curve["error_percent"], curve["trained_range"])
        for label, curve in zip(labels, report["runs"], strict=True)
    ]
    name, unit = report["sweep"], report["unit"]
    title = f"{report['split']} error by {name.replace('_', ' ')}"
    write_json(paths[0], report)
    picture = curves_png(report["values"], curves, name=name, unit=unit, title=title)
    atomic_write(paths[1], picture)
    return paths


def _render(report: dict[str, Any], labels: Sequence[str], paths: list[Path]) -> None:
    columns = [curve["error_percent"] for curve in report["runs"]]
    rows = [
        [f"{value:g}", *(f"{column[number]:.2f}" for column in columns)]
        for number, value in enumerate(report["values"])
    ]
    unit = "" if report["unit"] == "factor" else f" in {report['unit']}"
    title = f"error % on {report['split']} by {report['sweep']}{unit}"
    console.result_table(title, [report["sweep"], *labels], rows)
    for path in paths:
        console.result(str(path))
