"""Prints how quick distorted images are made, as ratios to other libraries.

    python -m benchmarks.distort

From numbers that are drawn to a batch of 256, (256, H, W, 1), float32 in [0, 1]. The images are the
embedded digits, 2,048 of 28x28, stored as uint8. Ours is what training gets, `Epoch.inputs`.

OpenCV and SciPy get the same numbers, and loop over the images: the matrix or the map of points
from the numbers, the warp into a batch that is there already (bilinear, zeros outside), and crops
added one by one; then the batch is converted at once. OpenCV gets uint8 and float32, and one
thread, as it is slower with two on images that small; what is better counts. "Differs by" is the
mean difference to ours, in levels of 255.

Keras' layers get the batch as float32 on the backend, in a graph. They draw numbers in each call:
so where they are compared, ours are drawn too. "Drawing" is its part of our time. Their elastic
transform bends by a random field, ours by a thin plate spline.

All take turns in one process: after a pause in which idle threads go to sleep, and two calls that
don't count, each is called until `SECONDS` have passed. The medians of all turns are printed. Two
minutes; needs `pip install -e ".[bench]"`.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.distort_peers import Batch, keras_layer, opencv, scipy
from benchmarks.turns import Call, medians
from stnctl.config.distortion_sets import SETS
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.sources.digits import read_digits
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.models.backend import start_backend

THREADS = 2
ROUNDS = 15
SECONDS = 0.05
PAUSE = 0.1
WIDTH = 120
BATCH = 256
STORED = 2048
KERAS = {"R": "RandomRotation", "P": "RandomPerspective", "E": "RandomElasticTransform"}
TARGETS = {
    ("R", "OpenCV"): 1.5,
    ("RTS", "OpenCV"): 1.5,
    ("R", "RandomRotation"): 1.5,
    ("P", "RandomPerspective"): 2.0,
    ("E", "RandomElasticTransform"): 5.0,
}
"""Set and peer -> how many times as quick to be."""


def main() -> None:
    """Time all sets, and print images per second, their ratios and the targets."""
    pin()
    cv2.setNumThreads(1)
    start_backend(threads=THREADS)
    headings = ("set", "U", "stnctl", "drawing", "peer", "images/s", "ratio", "target", "")
    table = Table(*headings, "differs by", box=box.MARKDOWN)
    for name in ("R", "RTS", "P", "E", "TC"):
        for row in rows(name):
            table.add_row(name, *row)
    Console(width=WIDTH).print(table)


def pin() -> None:
    """Keep this process to two CPUs, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def rows(name: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table for one set, without their first column."""
    view = view_of(name)
    epoch, indices = view.examples(), np.arange(BATCH)
    calls = peers(name, epoch, indices)
    every = (lambda: epoch.inputs(indices), view.epoch, *calls.values())
    times = medians(*every, rounds=ROUNDS, least=SECONDS, pause=PAUSE)
    making, drawing, *others = times
    drawing *= BATCH / len(view)
    results = {}
    for (peer, _), seconds in zip(calls, others, strict=True):
        results[peer] = min(seconds, results.get(peer, seconds))
    for peer, seconds in results.items():
        ours = making + drawing * (peer == KERAS.get(name))
        yield (
            "x".join(map(str, view.input_shape)),
            f"{BATCH / ours:,.0f}",
            f"{drawing / (making + drawing):.0%}",
            peer,
            f"{BATCH / seconds:,.0f}",
            f"{seconds / ours:.2f}",
            *verdict(TARGETS.get((name, peer)), seconds / ours),
            difference(epoch.inputs(indices), calls, peer),
        )


def view_of(name: str) -> SplitView:
    """Return the images under a set, made on the backend as in training."""
    from stnctl.models.compiled import compiled_for_arrays

    return SplitView(
        tiled_digits(), "train", distortion_spec(SETS[name]()), compiler=compiled_for_arrays
    )


def tiled_digits() -> Split:
    """Return the embedded digits, over and over until there are `STORED`."""
    digits = read_digits()
    images = np.resize(digits.x_train, (STORED, *digits.x_train.shape[1:], 1))
    return Split(images, np.resize(digits.y_train, STORED).astype(np.int64))


def peers(name: str, epoch: EpochExamples, indices: np.ndarray) -> dict[tuple[str, str], Call]:
    """Return what makes the same batch, by the peer and how it is asked."""
    (image,) = epoch.distortions
    stored = epoch.view.split.images[..., 0]
    values = {what: numbers[indices] for what, numbers in image.values.items()}
    crops = image.crops and replace(
        image.crops,
        **{part: getattr(image.crops, part)[indices] for part in ("source", "taken", "placed")},
    )
    batch = Batch(stored, indices, epoch.view.input_shape[:2], values, crops)
    calls = {("OpenCV", dtype): opencv(batch, dtype) for dtype in ("uint8", "float32")}
    calls["SciPy", "uint8"] = scipy(batch)
    if layer := KERAS.get(name):
        calls[layer, "graph"] = keras_layer(layer, np.float32(stored[indices, ..., None] / 255))
    return calls


def verdict(target: float | None, ratio: float) -> tuple[str, str]:
    """Return what a ratio should be, and whether it is."""
    if target is None:
        return "", ""
    return f">= {target:g}", "reached" if ratio >= target else "missed"


def difference(V: np.ndarray, calls: dict[tuple[str, str], Call], peer: str) -> str:
    """Return how far the batch of a peer is from ours, V; nothing if it draws for itself."""
    if peer in KERAS.values():
        return ""
    theirs = [call() for (name, _), call in calls.items() if name == peer]
    return f"{255 * max(np.abs(V - other).mean() for other in theirs):.2f}"


if __name__ == "__main__":
    main()
