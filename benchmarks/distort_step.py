"""Cost of distortion in the training steps of `configs/stn_rts.yaml`; prints a table.

    python -m benchmarks.distort_step

With distortion, a block of steps is an epoch of `stnctl train`: values are drawn, and batches of 64
are rendered from 2,048 embedded digits. Without it, the same model gets the cached images of one
epoch. Blocks take turns; the time of a block is divided by its steps, since not every step renders
images. Takes half a minute.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.distort import THREADS, pin, tiled_digits
from benchmarks.timings import Timings, verdict
from stnctl.config.load import load_config
from stnctl.config.schema import Config
from stnctl.data.batches import batches, epoch_order
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import UNDISTORTED, distortion_spec
from stnctl.data.split_view import SplitView
from stnctl.models.backend import start_backend

CONFIG = Path(__file__).parents[1] / "configs" / "stn_rts.yaml"
BLOCKS = 15
TARGET = 1.10


def main() -> None:
    """Time both kinds of blocks in turn, and print the times and their ratio."""
    pin()
    start_backend(threads=THREADS)
    config = load_config(CONFIG)
    views = views_of(config)
    stepper = stepper_of(config, views[0])
    turns = [[step_seconds(stepper, config, view, k) for view in views] for k in range(BLOCKS + 1)]
    distorted, cached = map(Timings, zip(*turns[1:], strict=True))
    ratio = distorted.median / cached.median
    table = Table("distorted ms", "cached ms", "ratio", "target", "", box=box.MARKDOWN)
    texts = verdict(ratio, TARGET, cached, least=False)
    table.add_row(distorted.text(1000), cached.text(1000), *texts)
    Console().print(table)


def views_of(config: Config) -> tuple[SplitView, SplitView]:
    """Return the images distorted on demand, and cached."""
    from stnctl.models.compiled import compiled_for_arrays

    split = tiled_digits()
    spec = distortion_spec(config.data.distortion)
    view = SplitView(split, "train", spec, config.seed, compiler=compiled_for_arrays)
    images = view.examples().inputs(np.arange(len(view)))
    return view, replace(view, split=Split(images, split.labels), spec=UNDISTORTED)


def stepper_of(config: Config, view: SplitView) -> Any:
    """Return the stepper of the compiled model of a config."""
    from stnctl.models.build import build_model
    from stnctl.models.network import trace_network
    from stnctl.models.stepping import make_stepper
    from stnctl.training.loop_state import steps_per_epoch
    from stnctl.training.optimizer import compile_model

    network = trace_network(config.model, view.input_shape, view.num_classes(10))
    model = build_model(config, network)
    compile_model(model, config.train, steps_per_epoch(config.train, len(view)))
    return make_stepper(model, network)


def step_seconds(stepper: Any, config: Config, view: SplitView, number: int) -> float:
    """Return the mean seconds of a step of an epoch, with its distortion."""
    size = config.train.batch_size
    order = epoch_order(config.seed, number, len(view))
    clock = time.perf_counter()
    for batch in batches(view.examples(number), order, size):
        stepper({name: each[None] for name, each in batch.items()})
    return (time.perf_counter() - clock) / (len(view) / size)


if __name__ == "__main__":
    main()
