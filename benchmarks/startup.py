"""Start time of the commands, as ratios to the import of their required libraries.

python -m benchmarks.startup

The second table has the time from the start of Python to the end of the first training step: of a
script that imports TensorFlow and Keras, and trains one step of a CNN with random images, and of
`stnctl train cnn`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.timings import NOISY, Timings

ROUNDS = 15
STEP_ROUNDS = 7
BARE = ("-c", "import typer, rich, pydantic")
STNCTL = ("-m", "stnctl")
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""Variable without which Python keeps compiled modules, as for most users."""

FIRST_STEP = """
import os, sys, tempfile
from stnctl.__main__ import main
from stnctl.training.loop_state import LoopState
LoopState.after_step = lambda *_: os._exit(0)
sys.argv = ["stnctl", "train", "cnn", "--set", "data.source=digits", "-q"]
sys.argv += ["--runs-dir", tempfile.mkdtemp()]
main()
"""
PLAIN_STEP = """
import numpy as np
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(2)
tf.config.threading.set_inter_op_parallelism_threads(2)
import keras
from keras import layers
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3), layers.MaxPooling2D(), layers.ReLU(),
    layers.Conv2D(64, 3), layers.MaxPooling2D(), layers.ReLU(),
    layers.Flatten(), layers.Dense(128, activation="sigmoid"), layers.Dense(10),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.train_on_batch(np.zeros((32, 28, 28, 1), "float32"), np.zeros(32, "int64"))
"""

IDENTITY = ("--theta", "1", "0", "0", "0", "1", "0")


def main() -> None:
    """Time the commands and the first steps."""
    with tempfile.TemporaryDirectory() as folder:
        small, target = Path(folder, "u.png"), Path(folder, "v.png")
        run(warp("digit:3", small, "--output-size", "28", "28"))
        commands = {
            "bare import of typer, rich, pydantic": BARE,
            "stnctl --help": (*STNCTL, "--help"),
            "stnctl warp, 28x28": warp(str(small), target),
        }
        show(commands, ROUNDS)
    steps = {"TensorFlow, Keras and a step": ("-c", PLAIN_STEP), "stnctl train": ("-c", FIRST_STEP)}
    show(steps, STEP_ROUNDS)


def show(commands: Mapping[str, Sequence[str]], num_rounds: int) -> None:
    """Time each command in turn, and print the times, and their ratios to the first one."""
    rounds = [[seconds(line) for line in commands.values()] for _ in range(num_rounds)]
    every = [Timings(times) for times in zip(*rounds, strict=True)]
    table = Table("command", "seconds", "ratio", box=box.MARKDOWN)
    for name, times in zip(commands, every, strict=True):
        ratio = NOISY if every[0].is_noisy else f"{times.median / every[0].median:.2f}"
        table.add_row(name, times.text(digits=3), ratio)
    Console().print(table)


def warp(source: str, target: Path, *more: str) -> Sequence[str]:
    """Return the arguments of Python that warp an image by the identity."""
    return (*STNCTL, "warp", source, *IDENTITY, "--force", "--output", str(target), *more)


def seconds(arguments: Sequence[str]) -> float:
    """Return the seconds that Python runs with ``arguments``."""
    clock = time.perf_counter()
    run(arguments)
    return time.perf_counter() - clock


def run(arguments: Sequence[str]) -> None:
    """Run Python with ``arguments``, and stop if it fails."""
    compiled = {key: value for key, value in os.environ.items() if key != NO_BYTECODE}
    subprocess.run(  # noqa: S603
        [sys.executable, *arguments], check=True, capture_output=True, env=compiled
    )


if __name__ == "__main__":
    main()
