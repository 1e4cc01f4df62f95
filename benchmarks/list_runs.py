"""Time of `stnctl runs ls` for 1,000 synthetic runs, some of them broken or half written.

python -m benchmarks.list_runs

It is compared with the start of Python, with `stnctl --help`, and with a read of the same files
without parsing. Times are those of the processor, because other programs change them less. The
limit is `LIMIT` seconds.
"""

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.startup import run
from stnctl.config.dump import config_bytes
from stnctl.config.load import parse_config
from stnctl.config.schema import Config
from stnctl.runs.config_record import CONFIG, config_record
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import DataRecord, first_record
from stnctl.storage.checksummed_json import checksummed_bytes
from stnctl.storage.json_files import json_bytes, readable_json

NUM_RUNS, NUM_EPOCHS, NUM_CLASSES = 1000, 20, 10
ROUNDS = 5
LIMIT = 1.0
"""Seconds of processor time that `stnctl runs ls` may take."""

BROKEN_EVERY, HALF_EVERY = 20, 25
"""One of so many runs has a damaged run.json, or has lost its config.yaml."""


def main() -> None:
    """Make the runs, time the commands, print the medians, and fail above the limit."""
    with tempfile.TemporaryDirectory() as folder:
        runs_dir = Path(folder)
        make_runs(runs_dir)
        listing = ("-m", "stnctl", "runs", "ls", "--runs-dir", folder)
        commands: dict[str, Callable[[], float]] = {
            "python -c pass": lambda: processor_seconds(("-c", "pass")),
            "stnctl --help": lambda: processor_seconds(("-m", "stnctl", "--help")),
            "read of all files": lambda: _read_all(runs_dir),
            f"stnctl runs ls, {NUM_RUNS} runs": lambda: processor_seconds(listing),
            "stnctl runs ls --json": lambda: processor_seconds((*listing, "--json")),
            "stnctl runs ls train.epochs=20": lambda: processor_seconds(
                (*listing, "train.epochs=20")
            ),
        }
        rounds = [[measure() for measure in commands.values()] for _ in range(ROUNDS)]
    medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
    table = Table("command", "seconds", "ratio to stnctl --help")
    for name, median in zip(commands, medians, strict=True):
        table.add_row(name, f"{median:.3f}", f"{median / medians[1]:.2f}")
    Console().print(table)
    if medians[3] > LIMIT:
        sys.exit(f"stnctl runs ls takes more than {LIMIT:.0f} s")


def make_runs(runs_dir: Path, num_runs: int = NUM_RUNS) -> None:
    """Make runs of several networks and seeds in a folder, some of them broken or half written."""
    generator = random.Random(0)  # noqa: S311 - not for cryptography
    for number in range(num_runs):
        directory = RunDirectory(runs_dir / f"run-{number:04d}")
        _make(directory, number, generator)
        if number % BROKEN_EVERY == 1:
            directory.run.write_bytes(directory.run.read_bytes()[:200])
        if number % HALF_EVERY == 1:
            directory.config.unlink()


def _make(directory: RunDirectory, number: int, generator: random.Random) -> None:
    model = ("{transformer: {}}", "{classifier: compact}", "{transformer: {transform: rigid}}")
    text = f"seed: {number}\nmodel: {model[number % 3]}\n"
    train = [f"train.epochs={NUM_EPOCHS}", f"train.learning_rate=0.00{number % 5 + 1}"]
    write_run(directory, parse_config(text, where="x", overrides=train), generator)


def write_run(directory: RunDirectory, config: Config, generator: random.Random) -> None:
    """Write the files of a finished run that lists and tables read, with random accuracies."""
    record = first_record(
        directory.name,
        argv=["train", "x.yaml", "--seed", str(config.seed)],
        seed=config.seed,
        data=DataRecord("digits", "00"),
        environment={"stnctl": "0.2.0", "backend": "tensorflow", "flags": dict.fromkeys("abcdef")},
        further={CONFIG: config_record(config), "network": {"parameters": 200_000 + config.seed}},
    )
    record["events"].append({"event": "end", "at": record["started"]})
    directory.eval.mkdir(parents=True)
    directory.checkpoints.mkdir()
    directory.config.write_bytes(config_bytes(config))
    directory.run.write_bytes(readable_json(record))
    accuracies = [generator.random() for _ in range(NUM_EPOCHS)]
    rows = [
        {
            "epoch": epoch,
            "step": epoch,
            "loss": 1 / epoch,
            "accuracy": accuracy,
            "validation_loss": 1 - accuracy,
            "validation_accuracy": accuracy,
        }
        for epoch, accuracy in enumerate(accuracies, 1)
    ]
    times = [{"epoch": row["epoch"], "step": row["step"], "seconds": 1.5} for row in rows]
    directory.metrics.write_bytes(b"".join(json_bytes(row, indent=None) for row in rows))
    directory.times.write_bytes(b"".join(json_bytes(row, indent=None) for row in times))
    best = {"schema_version": 1, "step": 3, "epoch": 3, "loss": 0.5, "accuracy": accuracies[2]}
    (directory.checkpoints / "best.json").write_bytes(checksummed_bytes(best))
    report = {
        "checkpoint": "best",
        "epoch": 3,
        "data_sha256": "00",
        "error_percent": 2.0,
        "loss": 0.1,
        "confusion": [[100] * NUM_CLASSES] * NUM_CLASSES,
    }
    (directory.eval / "test.json").write_bytes(json_bytes(report))


def processor_seconds(arguments: Sequence[str]) -> float:
    """Return the processor time of Python with ``arguments``."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _read_all(runs_dir: Path) -> float:
    """Return the seconds in which the files are read that a list needs."""
    clock = time.process_time()
    total = sum(
        len(path.read_bytes())
        for folder in runs_dir.iterdir()
        for path in (
            *folder.glob("*.*"),
            folder / "eval" / "test.json",
            folder / "checkpoints" / "best.json",
        )
        if path.is_file()
    )
    if not total:
        sys.exit("there are no files to read")
    return time.process_time() - clock


if __name__ == "__main__":
    main()
