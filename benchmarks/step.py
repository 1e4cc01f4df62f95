"""Images per second of a whole training, against Keras and PyTorch.

    python -m benchmarks.step [--rounds 5] [--batch 32 256] [--network stn cnn]

Each turn is a process of its own: `stnctl train` with the networks `cnn` and `stn`, or a peer of
`benchmarks.step_peers`, on the same 8,192 images with two threads. The speed is that of the second
epoch. The processes take turns, and the table has medians and quartiles. A ratio is that to the
fastest peer in the same precision. If the quartiles of such a peer differ by more than 15 % of
its median, the machine is too noisy for ratios, and none is printed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.step_peers import EPOCHS, PEERS, THREADS
from benchmarks.timings import Timings
from stnctl.data.sources.digits import read_digits

NUM_IMAGES = 8192
OURS = {"stnctl": "float32", "stnctl, bfloat16": "bfloat16"}
"""Row of the table -> `train.precision`."""


def main() -> None:
    """Measure all combinations, and print a table for each network and batch size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 256])
    parser.add_argument("--network", nargs="+", choices=["stn", "cnn"], default=["stn", "cnn"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "digits.npz"
        write_data(data)
        for network in options.network:
            for batch in options.batch:
                show(network, batch, measure(network, batch, data, options.rounds))


def write_data(path: Path) -> None:
    """Write the embedded digits, repeated to `NUM_IMAGES` training images."""
    digits = read_digits()
    chosen = np.arange(NUM_IMAGES) % len(digits.x_train)
    repeated = digits._replace(x_train=digits.x_train[chosen], y_train=digits.y_train[chosen])
    np.savez(path, allow_pickle=False, **repeated.named())


def measure(network: str, batch: int, data: Path, rounds: int) -> dict[str, Timings]:
    """Return the images per second of each row in each round."""
    speeds: dict[str, list[float]] = {name: [] for name in (*OURS, *PEERS)}
    for number in range(rounds):
        for name, precision in OURS.items():
            run = f"{network}-{batch}-{precision}-{number}"
            speeds[name].append(our_speed(network, batch, precision, data, run))
        for name in PEERS:
            line = ["benchmarks.step_peers", name, network, str(data), "--batch", str(batch)]
            speeds[name].append(float(_output(line)))
    return {name: Timings(tuple(found)) for name, found in speeds.items()}


def our_speed(network: str, batch: int, precision: str, data: Path, run: str) -> float:
    """Train by the real command, and return the images per second of the last epoch."""
    settings = {
        "data.source": str(data),
        "data.validation": "test",
        "train.epochs": EPOCHS,
        "train.batch_size": batch,
        "train.threads": THREADS,
        "train.precision": precision,
        "train.checkpoint_every": "null",
    }
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    runs_dir = data.parent / "runs"
    _output(["stnctl", "train", network, *sets, "--name", run, "--runs-dir", str(runs_dir), "-q"])
    rows = (runs_dir / run / "times.jsonl").read_text(encoding="utf-8").splitlines()
    return float(json.loads(rows[-1])["images_per_second"])


def show(network: str, batch: int, speeds: dict[str, Timings]) -> None:
    """Print the table of a network and a batch size."""
    table = Table(
        "images per second",
        "median",
        "quartiles",
        "ratio to the best peer",
        "precision",
        box=box.MARKDOWN,
    )
    precisions = {**OURS, **{name: peer.precision for name, peer in PEERS.items()}}
    peers = {
        precision: max(
            (name for name in PEERS if precisions[name] == precision),
            key=lambda name: speeds[name].median,
        )
        for precision in set(OURS.values())
    }
    best = {precision: speeds[name].median for precision, name in peers.items()}
    noisy = [name for name in peers.values() if speeds[name].is_noisy]
    for name, found in speeds.items():
        median, (low, high) = found.median, found.quartiles
        ratio = "" if noisy else f"{median / best[precisions[name]]:.2f}"
        if name == "stnctl, bfloat16" and not noisy:
            ratio += f" ({median / best['float32']:.2f} of float32)"
        table.add_row(name, f"{median:,.0f}", f"{low:,.0f}–{high:,.0f}", ratio, precisions[name])
    console = Console(width=120)
    console.print(f"{network}, batch of {batch}, {THREADS} threads")
    console.print(table)
    if noisy:
        console.print(f"The machine is too noisy for ratios: {', '.join(noisy)}")


def _output(line: list[str]) -> str:
    """Run a module of Python, and return its stdout."""
    command = [sys.executable, "-m", *line]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.exit(f"{' '.join(line)}: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
