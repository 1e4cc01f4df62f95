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
    paths = _write(loaded, split, report, metrics)
    if json:
        console.result_json(report)
    else:
        _render(report, metrics, paths)


def _measure(loaded: "LoadedRun", split: str) -> "tuple[Metrics, float]":
    from stnctl.evaluation.metrics import measure
    from stnctl.evaluation.predict import BATCH_SIZE, predict

    part, pixels = loaded.dataset.split(split), loaded.config.data.pixels
    predict(loaded.model, part.images[:BATCH_SIZE], pixels=pixels)  # compiles
    clock = time.monotonic()
    with console.progress(split, unit="images") as progress:
        logits = predict(loaded.model, part.images, pixels=pixels, progress=progress)
    return measure(logits, part.labels), time.monotonic() - clock


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


def _write(
    loaded: "LoadedRun", split: str, report: dict[str, Any], metrics: "Metrics"
) -> list[Path]:
    from stnctl.figures.confusion import confusion_png
    from stnctl.runs import atomic_write, write_json

    folder = loaded.run.eval
    folder.mkdir(exist_ok=True)
    title = f"{loaded.run.name} on {split}: {100 * metrics.accuracy:.2f} % right"
    paths = [folder / f"{split}.json", folder / f"{split}.png"]
    write_json(paths[0], report)
    atomic_write(paths[1], confusion_png(metrics.confusion, title))
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
    console.result_table(
        "confusion: rows are true classes, columns predicted ones",
        ["true", *map(str, range(len(metrics.confusion))), "precision", "recall"],
        [
            [str(true), *(str(n) if n else "·" for n in row), _share(precision), _share(recall)]
            for true, (row, precision, recall) in enumerate(
                zip(metrics.confusion, metrics.precision, metrics.recall, strict=True)
            )
        ],
    )
    for path in paths:
        console.result(str(path))
    console.next_steps([f"stnctl inspect {paths[0].parent.parent} --bad 9"])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
