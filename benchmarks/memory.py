"""Measure the memory of trainings and evaluations, and compare it with the estimate.

    python -m benchmarks.memory

writes the table in docs/results/memory.md. Each row is a process with two steps, a checkpoint and
a validation, or with a prediction. The fixed memory of the libraries and of compilation is that of
a second process, with small images and a batch of one. Takes about a quarter of an hour.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.reports import write_table
from benchmarks.training_steps import peak_memory
from stnctl.config.load import parse_config
from stnctl.data.batches import batches, epoch_order, prediction_batch_size
from stnctl.data.dataset import Dataset, Split
from stnctl.models.backend import start_backend
from stnctl.models.job import Job
from stnctl.models.memory_use import prediction_bytes, training_bytes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "results" / "memory.md"
BEGIN = "<!-- memory -->"
SMALL_SIDE = 24

SMALL_NET = ("model.classifier={filters: [], units: 1}",)
TRANSFORMER = (*SMALL_NET, "model.transformer={localization: {filters: []}}")
CONV = "{layer: conv, filters: 16, padding: same}"
RESIDUAL = f"{{layer: residual, layers: [{CONV}, {CONV}]}}"
BRANCHES = f"{{layer: parallel, branches: [[{CONV}], [{CONV}, {CONV}], []]}}"
DEEP = "{layer: transformer, localization: {filters: [8]}}"
DENSE = "model.classifier={filters: [], units: 2048}"


@dataclass(frozen=True)
class Row:
    """A configuration to measure.

    Attributes:
        name: Its description.
        overrides: Its keys, each as ``key=value``.
        sized: Keys that the process with the small images leaves out.
        batch: Number of images in a training step.
        side: Height and width of the stored images.
        channels: Number of channels.
        evaluations: False once, to measure an evaluation too.
    """

    name: str
    overrides: tuple[str, ...]
    sized: tuple[str, ...] = ()
    batch: int = 512
    side: int = 128
    channels: int = 1
    evaluations: tuple[bool, ...] = ()


def sampling(name: str, *overrides: str, **sizes: Any) -> Row:
    """Return a row of a network that is almost only a transformer."""
    keys = tuple(f"model.transformer.{override}" for override in overrides)
    return Row(name, (*TRANSFORMER, *keys), **sizes)


def layers(name: str, override: str) -> Row:
    """Return a row of a network from an override of the section `model`."""
    return Row(name, (f"model.{override}",), (), 256, 64)


def distorted(name: str) -> Row:
    """Return a row of distorted images on a large canvas."""
    canvas = f"data.distortion.canvas={[256, 256]}"
    return Row(f"distortion {name}", (*SMALL_NET, f"data.distortion={name}"), (canvas,), 64, 28)


ROWS = (
    *(
        sampling(name, f"interpolation={name}")
        for name in ("nearest", "bilinear", "bicubic", "quadratic")
    ),
    *(sampling(name, f"interpolation={name}", evaluations=(False,)) for name in ("cubic", "area")),
    sampling("bilinear, 3 channels", channels=3),
    sampling("area, 3 channels", "interpolation=area", channels=3),
    sampling("cubic, border", "interpolation=cubic", "padding=border"),
    sampling("thin plate spline", "transform=thin_plate_spline"),
    Row(
        "thin plate spline, 16x16 points",
        (*TRANSFORMER, "model.transformer.transform=thin_plate_spline"),
        ("model.transformer.control_points=[16, 16]",),
    ),
    *map(distorted, ("R", "TC", "E", "P")),
    Row("CNN", ("train.optimizer=sgd",), (), 512, 64, evaluations=(False,)),
    Row("CNN, moving average", ("train.ema=0.9",), (), 256, 64),
    Row("localization network", ("model.transformer={}",), (), 128, 64, evaluations=(False,)),
    *(
        Row(name, (f"model.classifier={name}",), (), 256, 64, evaluations=(False,))
        for name in ("compact", "speedrun", "paper_cnn")
    ),
    sampling("iterative, 3 steps", "steps=3"),
    sampling("parallel, 3 transformers", "parallel=3"),
    layers("polar", "transformer={transform: rotation, localization: polar}"),
    layers("deep transformer", f"classifier=[{CONV}, pool, {DEEP}, {CONV}, pool]"),
    layers("residual blocks", f"classifier=[{CONV}, {RESIDUAL}, {RESIDUAL}, pool]"),
    layers("batch normalization", f"classifier=[{CONV}, batch_norm, {CONV}, batch_norm, pool]"),
    layers("branches", f"classifier=[{BRANCHES}, pool]"),
    Row("many weights, Adam", (), (DENSE,), 8, 64, 3, evaluations=(False,)),
    Row("many weights, SGD", ("train.optimizer=sgd",), (DENSE,), 8, 64, 3),
    Row("many weights, moving average", ("train.ema=0.9",), (DENSE,), 8, 64, 3),
)


def main() -> None:
    """Measure all rows, or those whose names contain a word, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="measure only rows with a word; write no table")
    words = parser.parse_args().words
    start_backend(threads=2)
    import keras  # noqa: F401 - once, for all processes

    lines = []
    for row in ROWS:
        if not words or any(word in row.name for word in words):
            lines += [line(row, training=training) for training in (True, *row.evaluations)]
    if not words:
        head = "| training or evaluation | measured MB | estimate MB | estimate / measured |\n"
        write_table(PAGE, BEGIN, f"{head}|---|---|---|---|\n" + "".join(lines))


def line(row: Row, *, training: bool) -> str:
    """Return the measured row of the table, and print it."""
    measured, estimate = compare(row, training=training)
    kind = "training" if training else "evaluation"
    text = (
        f"| {row.name}, {kind} | {measured / 1e6:,.0f} | {estimate / 1e6:,.0f} | "
        f"{estimate / measured:.2f} |\n"
    )
    sys.stdout.write(text)
    sys.stdout.flush()
    return text


def compare(row: Row, *, training: bool) -> tuple[int, int]:
    """Return the measured and the estimated memory in bytes. Keras must be imported, not used."""
    small = job_of(row, row.overrides, SMALL_SIDE, 1)
    large = job_of(row, (*row.overrides, *row.sized), row.side, row.batch)
    run = train if training else evaluate
    measured = peak_of(lambda: run(large)) - peak_of(lambda: run(small))
    if training:
        return measured, training_bytes(large.config, large.network).total()
    return measured, prediction_bytes(large.network, prediction_batch_size(large.input_shape))


def job_of(row: Row, overrides: tuple[str, ...], side: int, batch: int) -> Job:
    """Return a job with random images."""
    config = parse_config("", where="row", overrides=(*overrides, f"train.batch_size={batch}"))
    generator = np.random.default_rng(0)
    count = max(512, 2 * row.batch)
    images = generator.integers(0, 255, (count, side, side, row.channels), np.uint8)
    split = Split(images, generator.integers(0, 10, count))
    return Job(config, Dataset(split, split, split, "random", "", 10))


def train(job: Job) -> None:
    """Train two steps, and do the work of a checkpoint and of a validation."""
    from stnctl.models.state import averaged_weights, training_state_of
    from stnctl.models.stepping import make_stepper
    from stnctl.storage.npz_bytes import pack_arrays
    from stnctl.training.setup import make_model

    model, examples = make_model(job), job.examples("train", compiled=True)
    order = epoch_order(0, 0, len(examples))
    for batch in islice(batches(examples, order, job.config.train.batch_size), 2):
        make_stepper(model, job.network)({name: each[None] for name, each in batch.items()})
    state = training_state_of(model)
    pack_arrays(state)
    del state
    with averaged_weights(model):
        predict_batches(model, job)


def evaluate(job: Job) -> None:
    """Build the network, and predict."""
    from stnctl.models.build import build_model

    predict_batches(build_model(job.config, job.network), job)


def predict_batches(model: Any, job: Job) -> None:
    """Predict two batches of validation images."""
    from stnctl.evaluation.batch_prediction import predict
    from stnctl.models.predictor import predictor

    size = prediction_batch_size(job.input_shape)
    predict(predictor(model), job.examples("validation", compiled=True), np.arange(2 * size))


def peak_of(work: Callable[[], None]) -> int:
    """Return the peak memory of a fork of this process that does the work, in bytes."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
            os.write(theirs, json.dumps(peak_memory()).encode())
        except BaseException:
            traceback.print_exc(file=sys.stdout)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return int(json.loads(text))


if __name__ == "__main__":
    main()
