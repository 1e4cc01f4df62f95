"""Speed of distorted images, as ratios to other libraries; prints a table.

    python -m benchmarks.distort

Measured is the time from drawn values to a batch of 256, (256, H, W, 1), float32 in [0, 1]. The
images are the embedded digits, 2,048 of 28x28, stored as uint8. stnctl runs
`EpochExamples.inputs`, as training does.

OpenCV and SciPy get the same values, and loop over the images: the matrix or the map of points
from the values, the warp into an allocated batch (bilinear, zeros outside), and crops added one by
one; then the batch is converted at once. OpenCV gets uint8 and float32, of which the faster counts,
and one thread, since two are slower for such small images. "Differs by" is the mean difference to
stnctl, in levels of 255.

The layers of Keras get the batch as float32 on the backend, in a graph. They draw values in each
call, so the ratio to them includes the drawing of stnctl. "Drawing" is its share of the time. Their
elastic transform uses a random field, that of stnctl a thin plate spline.

All calls take turns in one process: after a pause in which idle threads go to sleep, and two calls
to warm up, each is called until `SECONDS` have passed. The table has the medians of all turns, and
the quartiles of the peers; a ratio is left out if they differ by more than 15 %. Takes
two minutes; needs `pip install -e ".[bench]"`.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.distort_peers import Batch, keras_layer, opencv, scipy
from benchmarks.timings import Timings, verdict
from benchmarks.turns import Call, timings
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
WIDTH = 140
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
"""Set and peer -> target of the ratio of their times."""


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
    """Restrict this process to two CPUs, if the system supports it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def rows(name: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table for one set, without their first column."""
    view = view_of(name)
    examples, indices = view.examples(), np.arange(BATCH)
    calls = peers(name, examples, indices)
    every: list[Call] = [lambda: examples.inputs(indices), view.examples, *calls.values()]
    first, second, *others = timings(*every, rounds=ROUNDS, least=SECONDS, pause=PAUSE)
    rendering, drawing = first.median, second.median * BATCH / len(view)
    results: dict[str, Timings] = {}
    for (peer, _), times in zip(calls, others, strict=True):
        results[peer] = min(times, results.get(peer, times), key=lambda each: each.median)
    for peer, times in results.items():
        ours = rendering + drawing * (peer == KERAS.get(name))
        low, high = (BATCH / seconds for seconds in reversed(times.quartiles))
        yield (
            "x".join(map(str, view.input_shape)),
            f"{BATCH / ours:,.0f}",
            f"{drawing / (rendering + drawing):.0%}",
            peer,
            f"{BATCH / times.median:,.0f} ({low:,.0f}–{high:,.0f})",
            *verdict(times.median / ours, TARGETS.get((name, peer)), times, least=True),
            difference(examples.inputs(indices), calls, peer),
        )


def view_of(name: str) -> SplitView:
    """Return the images under a set, rendered on the backend as in training."""
    from stnctl.models.compiled import compiled_for_arrays

    distortion: Any = SETS[name]()
    return SplitView(
        tiled_digits(), "train", distortion_spec(distortion), compiler=compiled_for_arrays
    )


def tiled_digits() -> Split:
    """Return the embedded digits, repeated to `STORED` images."""
    digits = read_digits()
    images = np.resize(digits.x_train, (STORED, *digits.x_train.shape[1:], 1))
    return Split(images, np.resize(digits.y_train, STORED).astype(np.int64))


def peers(name: str, examples: EpochExamples, indices: np.ndarray) -> dict[tuple[str, str], Call]:
    """Return the calls for the same batch, by peer and dtype or mode."""
    (distortion,) = examples.distortions
    stored = examples.view.split.images[..., 0]
    values = {value: drawn[indices] for value, drawn in distortion.values.items()}
    crops = distortion.crops and replace(
        distortion.crops,
        image_indices=distortion.crops.image_indices[indices],
        image_corners=distortion.crops.image_corners[indices],
        canvas_corners=distortion.crops.canvas_corners[indices],
    )
    batch = Batch(stored, indices, examples.view.input_shape[:2], values, crops)
    calls = {("OpenCV", dtype): opencv(batch, dtype) for dtype in ("uint8", "float32")}
    calls["SciPy", "uint8"] = scipy(batch)
    if layer := KERAS.get(name):
        images = (stored[indices, ..., None] / 255).astype("float32")
        calls[layer, "graph"] = keras_layer(layer, images)
    return calls


def difference(V: np.ndarray, calls: dict[tuple[str, str], Call], peer: str) -> str:
    """Return the mean difference of V and the batch of a peer; "" if the peer draws by itself."""
    if peer in KERAS.values():
        return ""
    theirs = [call() for (name, _), call in calls.items() if name == peer]
    return f"{255 * max(np.abs(V - other).mean() for other in theirs):.2f}"


if __name__ == "__main__":
    main()
