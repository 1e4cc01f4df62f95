"""The numbers of one run."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.cli import console
from stnctl.cli.eval_arguments import DistortionOverride
from stnctl.config.distortion_sets import Distortion
from stnctl.config.messages import shorten
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.evaluation.classification_metrics import Metrics, measure
from stnctl.evaluation.predict import BATCH_SIZE, predict
from stnctl.evaluation.robustness import (
    distortion_as_data,
    draw_examples,
    fit_to_view,
    natural_canvas,
    with_distortion,
)
from stnctl.evaluation.run_loader import LoadedRun
from stnctl.figures.confusion import confusion_png
from stnctl.storage.atomic import atomic_write
from stnctl.storage.disk import make_folder
from stnctl.storage.json_files import write_json

MOST_COLUMNS = 20
"""The most classes whose confusion matrix is printed; the files have it always."""

_LONGEST = 60


def evaluate_run(
    loaded: LoadedRun, *, split: str, checkpoint: str, other: DistortionOverride | None, json: bool
) -> None:
    """Measure a run, write its numbers to RUN/eval and print them.

    Args:
        loaded: The run.
        split: Part of the data.
        checkpoint: Whose weights these are.
        other: Another distortion than its own, or None.
        json: Whether to print a JSON document.

    Raises:
        UsageError: If the distortion does not fit the network.
    """
    about = {}
    if other:
        distortion, examples = _examples(loaded.view(split), other)
        about = {"distortion": distortion_as_data(distortion)}
    else:
        examples = loaded.examples(split)
    metrics, seconds = _measure(loaded.model, examples)
    where = split if not other else f"{split} under {shorten(other.text, _LONGEST)}"
    report = _report(loaded, split, checkpoint, metrics, seconds) | about
    words = [split, *(["last"] if checkpoint == "last" else []), *([other.slug] if other else [])]
    paths = _write(loaded.run.eval, "-".join(words), report, where)
    if json:
        console.result_json({**report, "files": [str(path) for path in paths]})
    else:
        _render(report, metrics, paths, where)


def _examples(view: SplitView, other: DistortionOverride) -> tuple[Distortion, EpochExamples]:
    """Return another distortion on the network's canvas, and the examples under it."""
    distortion = fit_to_view(other.distortion, view)
    canvas, own = view.input_shape[:2], natural_canvas(other.distortion, view)
    if canvas != own:
        console.note(
            f"note  the canvas is the network's, {canvas[0]}x{canvas[1]} pixels; that of the "
            f"distortion by itself is {own[0]}x{own[1]}"
        )
    return distortion, draw_examples(
        with_distortion(view, distortion), f"--distortion {other.text}"
    )


def _measure(model: Any, examples: EpochExamples) -> tuple[Metrics, float]:
    predict(model, examples, np.arange(min(BATCH_SIZE, len(examples))))  # compiles
    clock = time.monotonic()
    with console.progress(examples.view.name, unit="images") as progress:
        logits = predict(model, examples, progress=progress)
    return measure(logits, examples.labels), time.monotonic() - clock


def _report(
    loaded: LoadedRun, split: str, checkpoint: str, metrics: Metrics, seconds: float
) -> dict[str, Any]:
    return {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "data_sha256": loaded.dataset.sha256,
        "split": split,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "num_examples": metrics.num_examples,
        "loss": metrics.loss,
        "accuracy": metrics.accuracy,
        "error_percent": metrics.error_percent,
        "precision": metrics.precision,
        "recall": metrics.recall,
        "confusion": metrics.confusion.tolist(),
        "seconds": seconds,
        "images_per_second": metrics.num_examples / seconds,
    }


def _write(folder: Path, stem: str, report: dict[str, Any], where: str) -> list[Path]:
    make_folder(folder)
    paths = [folder / f"{stem}.json", folder / f"{stem}.png"]
    title = f"{report['run']} on {where}: {100 * report['accuracy']:.2f} % right"
    write_json(paths[0], report)
    atomic_write(paths[1], confusion_png(np.array(report["confusion"]), title))
    return paths


def _render(report: dict[str, Any], metrics: Metrics, paths: list[Path], where: str) -> None:
    console.result_table(
        f"{report['run']}: {where} of {report['data']}, epoch {report['epoch']}",
        ["loss", "accuracy", "error %", "examples", "seconds", "images/s"],
        [
            [
                f"{metrics.loss:.4f}",
                f"{metrics.accuracy:.4f}",
                f"{metrics.error_percent:.2f}",
                str(metrics.num_examples),
                f"{report['seconds']:.1f}",
                f"{report['images_per_second']:.0f}",
            ]
        ],
    )
    _render_classes(metrics)
    for path in paths:
        console.result(str(path))


def _render_classes(metrics: Metrics) -> None:
    """Print precision and recall of each class, with the confusion matrix if it is not too wide."""
    num_classes = len(metrics.confusion)
    matrix = num_classes <= MOST_COLUMNS
    title = "confusion: rows are true classes, columns predicted ones" if matrix else "classes"
    rows = [
        [
            str(true),
            *((str(count) if count else "·") for count in metrics.confusion[true] if matrix),
            _share(precision),
            _share(recall),
        ]
        for true, (precision, recall) in enumerate(
            zip(metrics.precision, metrics.recall, strict=True)
        )
    ]
    header = ["true", *(map(str, range(num_classes)) if matrix else ()), "prec", "recall"]
    console.result_table(title, header, rows)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
