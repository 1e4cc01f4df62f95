"""Runs of plain files, as a training and an evaluation write them, without weights."""

import json
from pathlib import Path
from typing import Any

from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import DataRecord, first_record
from stnctl.storage.checksummed_json import checksummed_bytes

SHA256 = "ab" * 32


def write_run(
    folder: Path,
    *,
    seed: int = 0,
    config: str = "",
    accuracies: tuple[Any, ...] = (0.5, 0.75),
    test: float | None = None,
    end: str = "end",
    **record: Any,
) -> RunDirectory:
    """Write a run in a new folder.

    Args:
        folder: The folder of the run.
        seed: Its seed.
        config: Further lines of its config.yaml.
        accuracies: Its validation accuracy in each epoch; the last one is the best.
        test: Its accuracy on the test split, None if it was not measured.
        end: Its last event.
        **record: Further entries of run.json.
    """
    run = RunDirectory(folder)
    run.checkpoints.mkdir(parents=True)
    run.config.write_text(
        f"schema_version: 2\nname: {folder.name}\nseed: {seed}\n{config}", encoding="utf-8"
    )
    network = {"parameters": 1234, "multiply_adds": 56_789}
    document = first_record(
        folder.name, argv=["train"], seed=seed, data=DataRecord("digits", SHA256), environment={},
        further={"network": network, **record},
    )  # fmt: skip
    document["events"].append({"event": end, "at": document["started"]})
    run.run.write_text(json.dumps(document), encoding="utf-8")
    epochs = range(1, len(accuracies) + 1)
    rows: list[dict[str, Any]] = [
        {"epoch": n, "step": 10 * n, "loss": 1 / n, "accuracy": 0.5,
         "validation_loss": 2 / n, "validation_accuracy": accuracies[n - 1]} for n in epochs
    ]  # fmt: skip
    write_lines(run.metrics, rows)
    write_lines(run.times, [{"epoch": n, "step": 10 * n, "seconds": 2.0 + n} for n in epochs])
    last = {"epoch": len(rows), "accuracy": accuracies[-1], "loss": 2 / len(rows)}
    pointer = {"schema_version": 1, "step": 10 * len(rows), **last}
    (run.checkpoints / "best.json").write_bytes(checksummed_bytes(pointer))
    if test is not None:
        write_test_report(run, epoch=len(rows), accuracy=test)
    return run


def write_test_report(run: RunDirectory, *, epoch: int, accuracy: float) -> None:
    """Write eval/test.json with the keys that a summary reads."""
    report = {
        "checkpoint": "best", "epoch": epoch, "data_sha256": SHA256, "loss": 0.25,
        "accuracy": accuracy, "error_percent": 100 * (1 - accuracy),
    }  # fmt: skip
    run.eval.mkdir(exist_ok=True)
    (run.eval / "test.json").write_text(json.dumps(report), encoding="utf-8")


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
