"""Seconds of training to the article's accuracy, 98.13 % of the test images of MNIST.

    python -m benchmarks.time_to_accuracy path/to/mnist.npz

trains the article's transformer with Keras' ``fit`` and with `stnctl train`, epoch by epoch until
the accuracy is reached, and the config `speedrun_stn`, which has one epoch. The seconds are those
of the training, with the compilation and without the evaluation after each epoch. Two threads, one
seed. Takes about ten minutes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.step_peers import THREADS, keras_model

ACCURACY = 0.9813
MAX_EPOCHS = 10
BATCH = 32
PEER = "Keras fit, the article's network"
OURS = {
    "stn": ("stn", "float32"),
    "stn, bfloat16": ("stn", "bfloat16"),
    "speedrun_stn": ("speedrun_stn", "float32"),
    "speedrun_stn, bfloat16": ("speedrun_stn", "bfloat16"),
}
"""Row of the table -> config and `train.precision`."""


def main() -> None:
    """Train all rows, and print their epochs and seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", action="store_true", help="train with Keras only, and print JSON")
    options = parser.parse_args()
    if options.peer:
        sys.stdout.write(json.dumps(train_peer(options.data)))
        return
    table = Table("training", "epochs", "accuracy, %", "seconds", "ratio", box=box.MARKDOWN)
    line = [sys.executable, "-m", "benchmarks.time_to_accuracy", str(options.data), "--peer"]
    done = subprocess.run(line, check=True, stdout=subprocess.PIPE)  # noqa: S603
    found = {PEER: json.loads(done.stdout)}
    found |= {name: train_ours(options.data, *choice) for name, choice in OURS.items()}
    for name, (epochs, accuracy, seconds) in found.items():
        ratio = seconds / found[PEER][2]
        table.add_row(name, f"{epochs}", f"{100 * accuracy:.2f}", f"{seconds:.1f}", f"{ratio:.2f}")
    Console(width=100).print(table)


def train_peer(data: Path) -> tuple[int, float, float]:
    """Return the epochs, the accuracy and the seconds of Keras."""
    with np.load(data) as arrays:
        images, test = (
            arrays[key][..., None].astype("float32") / 255 for key in ("x_train", "x_test")
        )
        labels, test_labels = arrays["y_train"].astype("int64"), arrays["y_test"].astype("int64")
    model = keras_model("stn", images.shape[1:])
    epoch, accuracy, seconds = 0, 0.0, 0.0
    while accuracy < ACCURACY and epoch < MAX_EPOCHS:
        epoch += 1
        clock = time.perf_counter()
        model.fit(images, labels, batch_size=BATCH, verbose=0)
        seconds += time.perf_counter() - clock
        accuracy = float(model.evaluate(test, test_labels, batch_size=256, verbose=0)[1])
    return epoch, accuracy, seconds


def train_ours(data: Path, config: str, precision: str) -> tuple[int, float, float]:
    """Return the epochs, the accuracy and the seconds of `stnctl train`."""
    sets = [
        f"data.source={data}",
        "data.validation=test",
        f"train.precision={precision}",
        f"train.threads={THREADS}",
    ]
    if config == "stn":
        sets.append(f"train.batch_size={BATCH}")
    with tempfile.TemporaryDirectory() as folder:
        options = [part for each in sets for part in ("--set", each)]
        line = [sys.executable, "-m", "stnctl", "train", config, *options, "--name", "x"]
        line += ["--runs-dir", folder, "-q"]
        run = Path(folder) / "x"
        with subprocess.Popen(line) as process:  # noqa: S603
            while process.poll() is None and not is_reached(run):
                time.sleep(0.2)
            process.terminate()
        epochs = rows(run / "metrics.jsonl")
        times = rows(run / "times.jsonl")
    accuracies = [row["validation_accuracy"] for row in epochs]
    last = next((k for k, each in enumerate(accuracies) if each >= ACCURACY), len(accuracies) - 1)
    return last + 1, accuracies[last], sum(row["seconds"] for row in times[: last + 1])


def is_reached(run: Path) -> bool:
    """Return whether an epoch of a run has reached the accuracy."""
    found = rows(run / "metrics.jsonl")
    return any(row["validation_accuracy"] >= ACCURACY for row in found)


def rows(path: Path) -> list[dict[str, float]]:
    """Return the complete rows of a file of a run; [] if it does not exist yet."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


if __name__ == "__main__":
    main()
