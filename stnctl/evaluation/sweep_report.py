"""Report of a distortion sweep, as JSON and PNG.

The report has the error of each run at each value of one quantity of a distortion.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stnctl.evaluation.distortion_sweep import (
    Sweep,
    check_values,
    error_curve,
    own_sharpness,
    sharpness_curve,
    trained_range,
)
from stnctl.evaluation.file_names import file_name, number_text, short_hash
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.figures.curve import Curve, curves_png
from stnctl.runs.directory import RunDirectory
from stnctl.runs.naming import run_labels
from stnctl.storage.file_sets import write_files
from stnctl.storage.json_files import json_bytes


@dataclass(frozen=True)
class SweepReport:
    """Error curves of runs over the values of a sweep.

    Attributes:
        document: The JSON document.
        labels: One label for each run, from `run_labels`.
        stem: Name of the files, without suffix.
    """

    document: dict[str, Any]
    labels: list[str]
    stem: str


Observe = Callable[[str], tuple[Callable[[int, int], None], Callable[[int, float], None]]]
"""Function from the label of a run to its ``progress`` and ``on_value``, see `error_curve`."""


def sweep_runs(
    runs: Sequence[LoadedRun], sweep: Sweep, *, split: str, checkpoint: str, observe: Observe
) -> SweepReport:
    """Evaluate runs at each value of a sweep, after a check of all values for all runs.

    Args:
        runs: The runs.
        sweep: The quantity and its values.
        split: One of `stnctl.config.choices.SPLITS`.
        checkpoint: Name of the loaded checkpoint, "best" or "last", for the report.
        observe: Function from the label of a run to its callbacks. It is called before the run is
            evaluated.

    Raises:
        UsageError: If a value is impossible for the images of a run. Nothing is evaluated.
        DivergedError: If a logit is not finite.
        InputError: The same, for a run of another user.
    """
    for loaded in runs:
        check_values(loaded.view(split), sweep.name, sweep.values)
    labels = run_labels([loaded.run for loaded in runs])
    document = {
        "sweep": sweep.name,
        "unit": sweep.unit,
        "values": list(sweep.values),
        "split": split,
        "checkpoint": checkpoint,
        "runs": [
            _curve(loaded, sweep, split, *observe(label))
            for loaded, label in zip(runs, labels, strict=True)
        ],
    }
    stem = _stem(sweep, split, checkpoint, [loaded.run for loaded in runs[1:]])
    return SweepReport(document, labels, stem)


def comparison_notes(runs: Sequence[LoadedRun], split: str) -> Iterator[str]:
    """Yield notes for the user about differences between runs that affect their comparison.

    There is one note if the images differ, and one if the numbers of classes differ.

    Args:
        runs: The runs.
        split: One of `stnctl.config.choices.SPLITS`.
    """
    views = [loaded.view(split) for loaded in runs]
    values: dict[str, set[Any]] = {
        "data": {loaded.dataset.sha256 for loaded in runs},
        "the canvas": {view.input_shape for view in views},
        "the random seed": {view.seed for view in views},
    }
    if names := [name for name, distinct in values.items() if len(distinct) > 1]:
        yield f"the runs are evaluated on different images: they differ in {', '.join(names)}"
    counts = {loaded.job.num_classes for loaded in runs}
    if len(counts) > 1:
        numbers = " and ".join(map(str, sorted(counts)))
        yield f"the runs have {numbers} classes: their errors can't be compared"


def write_sweep(folder: Path, report: SweepReport) -> list[Path]:
    """Write the document and the curves as files STEM.json and STEM.png in a folder.

    Either both files are written, or none.

    Args:
        folder: The folder; it is created if it does not exist.
        report: The report, which has the STEM.

    Returns:
        The paths of STEM.json and STEM.png.

    Raises:
        EnvironmentFault: If a file can't be written.
    """
    document, stem = report.document, report.stem
    curves = [
        Curve(label, curve["error_percent"], curve["trained_range"])
        for label, curve in zip(report.labels, document["runs"], strict=True)
    ]
    name, unit = document["sweep"], document["unit"]
    title = f"{document['split']} error by {name.replace('_', ' ')}"
    figure = curves_png(document["values"], curves, name=name, unit=unit, title=title)
    return write_files(folder, {f"{stem}.json": json_bytes(document), f"{stem}.png": figure})


def _curve(
    loaded: LoadedRun,
    sweep: Sweep,
    split: str,
    progress: Callable[[int, int], None],
    on_value: Callable[[int, float], None],
) -> dict[str, Any]:
    view = loaded.view(split)
    clock = time.monotonic()
    errors = error_curve(
        loaded, view, sweep.name, sweep.values, progress=progress, on_value=on_value
    )
    seconds = time.monotonic() - clock
    _, height, width, _ = view.split.images.shape
    trained = trained_range(loaded.config.data.distortion, sweep.name, (height, width))
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
        "seconds": seconds,
        "sharpness": sharpness_curve(view, sweep.name, sweep.values),
        "trained_sharpness": own_sharpness(loaded.view("train")),
    }


def _stem(sweep: Sweep, split: str, checkpoint: str, others: Sequence[RunDirectory]) -> str:
    """Return a file name, without suffix, for the values, the split, the checkpoint and the runs.

    A hash of the paths distinguishes runs of the same name.
    """
    words = ["sweep", sweep.name, "_".join(map(number_text, sweep.values))]
    words += [split] if split != "test" else []
    words += ["last"] if checkpoint == "last" else []
    if others:
        paths = "\n".join(str(run.path.resolve()) for run in others)
        words += ["with", *(run.name for run in others), short_hash(paths)]
    return file_name(words)
