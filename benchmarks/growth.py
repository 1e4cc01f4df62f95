"""Growth of the time and the memory of a training step with its sizes, as a table and a figure.

    python -m benchmarks.growth            # writes docs/results/growth.json and growth.png
    python -m benchmarks.growth --draw     # draws the figure again

Each point is a process of its own. It trains the network of `configs/stn.yaml`, with one size
changed, on random images with two threads, and reports the median seconds of a step and the peak of
its memory. The slope is that of log(seconds) over log(size), fitted to the upper half of the sizes;
for sides it is over the number of pixels or control points. A slope of 1 is linear growth, the
dashed line. Takes about ten minutes.
"""

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.training_steps import (
    median_seconds,
    network_and_model,
    peak_memory,
    random_batches,
)

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
THREADS = 2
BATCH, SIDE = 32, 28
SPLINE = "model.transformer={transform: thin_plate_spline, head: residual, localization: compact}"


@dataclass(frozen=True)
class Axis:
    """Axis along which a training step grows.

    Attributes:
        name: Name of the size.
        sizes: The sizes.
    """

    name: str
    sizes: tuple[int, ...]

    def quantity(self, size: int) -> int:
        """Return the number to which the work is proportional: pixels, or the size itself."""
        return size**2 if self.name in ("image side", "control points per side") else size


AXES = (
    Axis("image side", (28, 40, 56, 80, 112, 160, 224)),
    Axis("batch size", (32, 64, 128, 256, 512, 1024)),
    Axis("channels", (1, 2, 4, 8, 16, 32)),
    Axis("transformers", (1, 2, 3, 4)),
    Axis("control points per side", (2, 3, 4, 6, 8)),
)


def main() -> None:
    """Measure all points, write them, and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", nargs=2, metavar=("AXIS", "SIZE"))
    parser.add_argument("--draw", action="store_true")
    options = parser.parse_args()
    if options.point:
        name, size = options.point
        sys.stdout.write(json.dumps(measure(name, int(size))))
        return
    path = RESULTS / "growth.json"
    if not options.draw:
        path.write_text(json.dumps(measure_all(), indent=1) + "\n", encoding="utf-8")
    found = json.loads(path.read_text(encoding="utf-8"))
    (RESULTS / "growth.png").write_bytes(figure(found))
    show(found)


def measure_all() -> dict[str, list[dict[str, float]]]:
    """Return the points of each axis, each measured in its own process."""
    pairs = [(axis, size) for axis in AXES for size in axis.sizes]
    found: dict[str, list[dict[str, float]]] = {axis.name: [] for axis in AXES}
    for axis, size in track(pairs, "measuring", console=Console(stderr=True)):
        line = [sys.executable, "-m", "benchmarks.growth", "--point", axis.name, str(size)]
        done = subprocess.run(line, check=True, stdout=subprocess.PIPE)  # noqa: S603
        found[axis.name].append(json.loads(done.stdout))
    return found


def measure(axis: str, size: int) -> dict[str, float]:
    """Return the size, the median seconds of a step and the peak memory in bytes."""
    from stnctl.models.backend import start_backend

    start_backend(threads=THREADS)
    from stnctl.models.stepping import make_stepper

    side = size if axis == "image side" else SIDE
    batch = size if axis == "batch size" else BATCH
    channels = size if axis == "channels" else 1
    shape = (side, side, channels)
    network, model = network_and_model("stn", overrides(axis, size), shape)
    stepper = make_stepper(model, network)
    arrays = random_batches(1, batch, shape)
    seconds = median_seconds(lambda: stepper(arrays))
    return {"size": size, "seconds": seconds, "bytes": peak_memory()}


def overrides(axis: str, size: int) -> list[str]:
    """Return the keys of the network of a point."""
    match axis:
        case "transformers":
            transformer = "{head: residual, localization: {filters: [16, 16]}}"
            return [f"model.transformer=[{', '.join([transformer] * size)}]"]
        case "control points per side":
            return [SPLINE, f"model.transformer.control_points=[{size}, {size}]"]
    return []


def slope(axis: Axis, points: Sequence[dict[str, float]], key: str) -> float:
    """Return the slope of log(value) over log(quantity), of the upper half of the sizes."""
    upper = points[len(points) // 2 :] if len(points) > 4 else points
    x = np.log([axis.quantity(int(point["size"])) for point in upper])
    return float(np.polyfit(x, np.log([point[key] for point in upper]), 1)[0])


def show(found: dict[str, list[dict[str, float]]]) -> None:
    """Print the sizes, the times and the slopes."""
    table = Table("axis", "from", "to", "ms per step", "slope of ms", "peak MB", box=box.MARKDOWN)
    for axis in AXES:
        points = found[axis.name]
        first, last = points[0], points[-1]
        table.add_row(
            axis.name,
            f"{first['size']}",
            f"{last['size']}",
            f"{1000 * first['seconds']:.0f} to {1000 * last['seconds']:.0f}",
            f"{slope(axis, points, 'seconds'):.2f}",
            f"{first['bytes'] / 1e6:.0f} to {last['bytes'] / 1e6:.0f}",
        )
    Console(width=100).print(table)


def figure(found: dict[str, list[dict[str, float]]]) -> bytes:
    """Return a PNG with a panel for each axis: time and memory on logarithmic scales."""
    from matplotlib.ticker import NullLocator

    from stnctl.figures.canvas import new_figure, png
    from stnctl.figures.curve import COLORS
    from stnctl.figures.text import set_axis_names, set_ticks, set_title

    columns = 3
    rows = -(-len(AXES) // columns)
    with new_figure(3.2 * columns, 2.9 * rows) as drawn:
        for k, axis in enumerate(AXES):
            points = found[axis.name]
            sizes = [point["size"] for point in points]
            left, bottom = (k % columns + 0.2) / columns, (rows - 1 - k // columns + 0.22) / rows
            ax = drawn.add_axes((left, bottom, 0.75 / columns, 0.64 / rows))
            milliseconds: Any = [1000 * point["seconds"] for point in points]
            ax.plot(sizes, milliseconds, color=COLORS[0], marker="o", markersize=4)
            power = 2 if axis.quantity(2) == 4 else 1
            linear = milliseconds[-1] * (np.array(sizes) / sizes[-1]) ** power
            ax.plot(sizes, linear, color="0.6", linestyle="--", linewidth=1)
            low = 0.8 * min(milliseconds)
            ax.set_ylim(low, max(1.3 * max(milliseconds), 4 * low))
            for name, ticks in (("x", sizes), ("y", round_numbers(*ax.get_ylim()))):
                getattr(ax, f"set_{name}scale")("log")
                scale = getattr(ax, f"{name}axis")
                set_ticks(scale, ticks, [f"{tick:g}" for tick in ticks])
                scale.set_minor_locator(NullLocator())
            set_axis_names(ax, x=axis.name, y="" if k % columns else "ms per step")
            set_title(ax, f"slope {slope(axis, points, 'seconds'):.2f}", fontsize=10)
        return png(drawn)


def round_numbers(low: float, high: float) -> list[float]:
    """Return the numbers 1, 2 and 5 times powers of ten between two positive numbers."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
    numbers = [digit * 10.0**k for k in exponents for digit in (1, 2, 5)]
    return [number for number in numbers if low <= number <= high]


if __name__ == "__main__":
    main()
