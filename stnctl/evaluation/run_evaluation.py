"""Evaluation of a run on a split, with its report and its files in the run directory."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.alignment_report import report_alignment
from stnctl.evaluation.classification_metrics import Metrics, measure
from stnctl.evaluation.file_names import file_name
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.pose_search import PoseSearch, search_poses
from stnctl.evaluation.robustness import DistortionOverride, overridden_examples
from stnctl.figures.confusion import confusion_png
from stnctl.storage.file_sets import write_files
from stnctl.storage.json_files import json_bytes

Progress = Callable[[int, int], None]
"""Called with the number of evaluated images, and the total."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Result of the evaluation of a run on a split.

    Attributes:
        report: The result as a JSON document.
        metrics: The metrics in the report.
        subject: Text for headings: the split, and the distortion if it replaces that of the run.
        stem: Name of the files, without suffix.
        note: Text for the user that the canvas of the network replaces the canvas of the
            distortion; None if they are equal.
    """

    report: dict[str, Any]
    metrics: Metrics
    subject: str
    stem: str
    note: str | None = None


def evaluate_run(
    loaded: LoadedRun,
    *,
    split: str,
    checkpoint: str,
    override: DistortionOverride | None = None,
    search: PoseSearch | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Evaluation:
    """Evaluate a run on a split.

    Args:
        loaded: The run.
        split: One of `stnctl.config.choices.SPLITS`.
        checkpoint: Name of the loaded checkpoint, "best" or "last", for the report.
        override: Distortion that replaces the distortion of the run, or None.
        search: Search over poses of each image, or None.
        progress: Called after each batch, with the number of evaluated images and the total.

    Raises:
        UsageError: If ``override`` does not fit the network or the images.
        DivergedError: If a logit or a parameter of theta is not finite.
        InputError: The same, for a run of another user.
    """
    names, note, distortion = [split], None, {}
    if checkpoint == "last":
        names.append(checkpoint)
    subject = split
    if override is None:
        examples = loaded.examples(split)
    else:
        overridden = overridden_examples(loaded.view(split), override)
        examples, note = overridden.examples, overridden.note
        distortion = {"distortion": overridden.distortion}
        names.append(override.name)
        subject = f"{split} under {override.shown}"
    if search is None:
        metrics, alignment, seconds = _measure(loaded, examples, progress)
    else:
        metrics, alignment, seconds = _measure_search(loaded, examples, search, progress)
        names.append(f"search-{search.text}-{search.combination}")
        subject = f"{subject}, {search.combination} of {search.text}"
    report = _report(loaded, split, checkpoint, metrics, seconds) | distortion
    report["alignment"] = alignment
    report["search"] = None if search is None else _search_document(search)
    return Evaluation(report, metrics, subject, file_name(names), note)


def write_evaluation(folder: Path, evaluation: Evaluation) -> list[Path]:
    """Write the report and the confusion matrix as files STEM.json and STEM.png in a folder.

    Either both files are written, or none.

    Args:
        folder: The folder; it is created if it does not exist.
        evaluation: The evaluation, which has the STEM.

    Returns:
        The paths of STEM.json and STEM.png.

    Raises:
        EnvironmentFault: If a file can't be written.
    """
    report, stem = evaluation.report, evaluation.stem
    title = f"{report['run']} on {evaluation.subject}: accuracy {100 * report['accuracy']:.2f} %"
    figure = confusion_png(evaluation.metrics.confusion, report["classes"], title)
    return write_files(folder, {f"{stem}.json": json_bytes(report), f"{stem}.png": figure})


def _measure(
    loaded: LoadedRun, examples: EpochExamples, progress: Progress
) -> tuple[Metrics, list[dict[str, Any]] | None, float]:
    """Return the metrics, the alignment, and the seconds of the prediction."""
    loaded.compile_predict(examples)
    clock = time.monotonic()
    outputs = loaded.predict(examples, thetas=True, progress=progress)
    seconds = time.monotonic() - clock
    thetas = {name.removesuffix("/theta"): theta for name, theta in outputs.items()}
    metrics = measure(thetas.pop("logits"), examples.labels)
    return metrics, report_alignment(loaded.job.network, examples, thetas), seconds


def _measure_search(
    loaded: LoadedRun, examples: EpochExamples, search: PoseSearch, progress: Progress
) -> tuple[Metrics, None, float]:
    """Return the metrics, no alignment, and the seconds of the predictions."""
    loaded.compile_predict(examples)
    clock = time.monotonic()
    log_shares = search_poses(loaded, examples, search, progress)
    seconds = time.monotonic() - clock
    return measure(log_shares, examples.labels), None, seconds


def _search_document(search: PoseSearch) -> dict[str, Any]:
    return {
        "quantity": search.sweep.name,
        "unit": search.sweep.unit,
        "values": list(search.sweep.values),
        "combination": search.combination,
    }


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
        "classes": list(loaded.job.class_names),
        "loss": metrics.loss,
        "accuracy": metrics.accuracy,
        "error_percent": metrics.error_percent,
        "precision": metrics.precision,
        "recall": metrics.recall,
        "confusion": metrics.confusion.tolist(),
        "seconds": seconds,
        "images_per_second": metrics.num_examples / max(seconds, 1e-9),
    }
