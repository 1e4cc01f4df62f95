"""Printed tables of evaluations and sweeps."""

from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.config.labels import data_name
from stnctl.config.messages import format_decimal, shorten
from stnctl.evaluation.classification_metrics import Metrics
from stnctl.evaluation.file_names import number_text
from stnctl.evaluation.run_evaluation import Evaluation
from stnctl.evaluation.sweep_report import SweepReport
from stnctl.reports.alignment_columns import ALIGNMENT_HEADER, ALIGNMENT_TITLE, alignment_cells

MAX_COLUMNS = 20
"""Maximum number of classes whose confusion matrix is printed; the files always contain it."""


_MAX_HEADING = 8


def print_evaluation(evaluation: Evaluation, paths: list[Path]) -> None:
    """Print the metrics of a run, those of each class, and the paths of the written files."""
    report, metrics = evaluation.report, evaluation.metrics
    console.result_table(
        f"{report['run']}: {evaluation.subject} of {data_name(report['data'])}, "
        f"epoch {report['epoch']}",
        ["loss", "accuracy", "error %", "examples", "seconds", "images/s"],
        [
            [
                format_decimal(metrics.loss, 4),
                f"{metrics.accuracy:.4f}",
                f"{metrics.error_percent:.2f}",
                str(metrics.num_examples),
                f"{report['seconds']:.1f}",
                f"{report['images_per_second']:.0f}",
            ]
        ],
    )
    _print_classes(metrics, report["classes"])
    if report["alignment"]:
        _print_alignment(report["alignment"])
    for path in paths:
        console.result(str(path))


def print_sweep(report: SweepReport, paths: list[Path]) -> None:
    """Print the error of each run at each value, and the paths of the written files.

    The sharpness of the images is printed too, once if it is the same for all runs.
    """
    document = report.document
    columns = [curve["error_percent"] for curve in document["runs"]]
    sharpness = [curve["sharpness"] for curve in document["runs"]]
    names = [f"{label}: sharpness" for label in report.labels]
    if all(curve == sharpness[0] for curve in sharpness):
        sharpness, names = sharpness[:1], ["sharpness"]
    rows = [
        [number_text(value), *(f"{column[number]:.2f}" for column in (*columns, *sharpness))]
        for number, value in enumerate(document["values"])
    ]
    unit = "" if document["unit"] == "factor" else f" in {document['unit']}"
    title = f"error % on {document['split']} by {document['sweep']}{unit}"
    console.result_table(title, [document["sweep"], *report.labels, *names], rows)
    for path in paths:
        console.result(str(path))


def _print_classes(metrics: Metrics, names: list[str]) -> None:
    """Print precision and recall of each class, with the confusion matrix if it is narrow."""
    matrix = len(names) <= MAX_COLUMNS
    title = "confusion: rows are true classes, columns predicted ones" if matrix else "classes"
    rows = [
        [
            name,
            *((str(count) if count else "·") for count in metrics.confusion[true] if matrix),
            _share(precision),
            _share(recall),
        ]
        for true, (name, precision, recall) in enumerate(
            zip(names, metrics.precision, metrics.recall, strict=True)
        )
    ]
    columns = [shorten(name, _MAX_HEADING) for name in names] if matrix else []
    console.result_table(title, ["true", *columns, "prec", "recall"], rows)


def _print_alignment(rows: list[dict[str, Any]]) -> None:
    """Print how much of the drawn distortion each transformer undoes."""
    lines = [[row["transformer"], *alignment_cells(row["part"], row)] for row in rows]
    console.result_table(ALIGNMENT_TITLE, ["transformer", *ALIGNMENT_HEADER], lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
