"""``stnctl eval``: numbers about a run."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Json, Run, RunsDir, Split

if TYPE_CHECKING:
    from stnctl.evaluation.load import LoadedRun
    from stnctl.evaluation.metrics import Metrics

EXAMPLES = """\b
Examples:
  stnctl eval latest
  stnctl eval runs/x --split validation --json
"""

MOST_COLUMNS = 20
"""The most classes whose confusion matrix is printed; the files have it always."""


def evaluate(
    run: Run,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Measure a run: loss, accuracy, confusion matrix.

    Prints them with precision and recall of each class, and writes RUN/eval/SPLIT.json and
    RUN/eval/SPLIT.png.
    """
    from stnctl.cli.loading import open_run

    loaded = open_run(run, runs_dir, checkpoint=checkpoint, source=data)
    metrics, seconds = _measure(loaded, split)
    report = _report(loaded, split, checkpoint, metrics, seconds)
    paths = _write(loaded, split if checkpoint == "best" else f"{split}-{checkpoint}", report)
    if json:
        console.result_json({**report, "files": [str(path) for path in paths]})
    else:
        _render(report, metrics, paths)
        console.next_steps([console.command("stnctl", "inspect", loaded.run.path, "--bad", 9)])


def _measure(loaded: "LoadedRun", split: str) -> "tuple[Metrics, float]":
    import numpy as np

    from stnctl.evaluation.metrics import measure
    from stnctl.evaluation.predict import BATCH_SIZE, predict

    examples = loaded.examples(split)
    predict(loaded.model, examples, np.arange(min(BATCH_SIZE, len(examples))))  # compiles
    clock = time.monotonic()
    with console.progress(split, unit="images") as progress:
        logits = predict(loaded.model, examples, progress=progress)
    return measure(logits, examples.labels), time.monotonic() - clock


def _report(
    loaded: "LoadedRun", split: str, checkpoint: str, metrics: "Metrics", seconds: float
) -> dict[str, Any]:
    return {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "data_sha256": loaded.dataset.sha256,
        "split": split,
        "checkpoint": checkpoint,
        "epoch": loaded.epoch,
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


def _write(loaded: "LoadedRun", stem: str, report: dict[str, Any]) -> list[Path]:
    import numpy as np

    from stnctl.figures.confusion import confusion_png
    from stnctl.runs import atomic_write, make_folder, write_json

    make_folder(loaded.run.eval)
    paths = [loaded.run.eval / f"{stem}.json", loaded.run.eval / f"{stem}.png"]
    title = f"{report['run']} on {report['split']}: {100 * report['accuracy']:.2f} % right"
    write_json(paths[0], report)
    atomic_write(paths[1], confusion_png(np.array(report["confusion"]), title))
    return paths


def _render(report: dict[str, Any], metrics: "Metrics", paths: list[Path]) -> None:
    console.result_table(
        f"{report['run']}: {report['split']} of {report['data']}, epoch {report['epoch']}",
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


def _render_classes(metrics: "Metrics") -> None:
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
