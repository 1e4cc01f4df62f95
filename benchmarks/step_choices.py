"""Effect of the choices of a training step: parts of a batch, and several steps in a call.

    python -m benchmarks.step_choices [--rounds 3]

The first column is Keras' ``train_on_batch``, with two threads for each operation. The second one
divides the batch among the threads. The third one also trains several steps in a call. Each column
is a process of its own; the processes take turns, and the table has the medians of their rounds, in
milliseconds per step, with the ratios to the first column. Takes about six minutes.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.training_steps import median_seconds, network_and_model, random_batches

THREADS = 2
STEPS = {32: 8, 256: 1}
"""Batch size -> steps of a call."""

VARIANTS = {"keras": "train_on_batch", "parts": "parts", "calls": "parts, several steps"}
"""Name of a variant -> its column."""


def main() -> None:
    """Run the variants in turns, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variant", choices=VARIANTS)
    options = parser.parse_args()
    if options.variant:
        sys.stdout.write(json.dumps(measure(options.variant)))
        return
    found: dict[str, dict[str, list[float]]] = {name: {} for name in VARIANTS}
    for _ in range(options.rounds):
        for name in VARIANTS:
            for row, seconds in output_of(name).items():
                found[name].setdefault(row, []).append(seconds)
    table = Table("network, batch, precision", *VARIANTS.values(), box=box.MARKDOWN)
    for row in found["keras"]:
        medians = [statistics.median(found[name][row]) for name in VARIANTS]
        texts = [f"{1000 * each:.2f} ({each / medians[0]:.2f})" for each in medians]
        table.add_row(row, *texts)
    Console(width=100).print(table)


def output_of(variant: str) -> dict[str, float]:
    """Return the seconds per step of each row, measured in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.step_choices", "--variant", variant]
    done = subprocess.run(line, check=True, stdout=subprocess.PIPE)  # noqa: S603
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(variant: str) -> dict[str, float]:
    """Return the seconds per step of each network, batch size and precision."""
    from stnctl.models import backend_threads
    from stnctl.models.backend import start_backend

    if variant == "keras":
        backend_threads.SET_UP["tensorflow"] = share_operations
    start_backend(threads=THREADS)
    return {
        f"{name}, {batch}, {precision}": median_seconds(step_of(variant, name, batch, precision))
        / STEPS[batch]
        for name in ("cnn", "stn")
        for batch in STEPS
        for precision in ("float32", "bfloat16")
    }


def share_operations(threads: int) -> None:
    """Let all threads share each operation of TensorFlow."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def step_of(variant: str, name: str, batch: int, precision: str) -> Callable[[], Any]:
    """Return a function that trains `STEPS` steps on random images."""
    from stnctl.models.stepping import KerasStepper, make_stepper

    network, model = network_and_model(name, [f"train.precision={precision}"])
    stepper = (KerasStepper if variant == "keras" else make_stepper)(model, network)
    arrays = random_batches(STEPS[batch], batch)
    if variant == "calls":
        return lambda: (stepper(arrays), model)

    def one_by_one() -> Any:
        for k in range(STEPS[batch]):
            stepper({name: each[k : k + 1] for name, each in arrays.items()})
        return model

    return one_by_one


if __name__ == "__main__":
    main()
