"""Effect of blur on the error of runs that were trained on the set R; prints a table.

    python -m benchmarks.sweep_blur RUN ... --data path/to/mnist.npz

Each run is evaluated on the test images at several rotations: as `eval --sweep` does it, blurred,
and with cubic interpolation by SciPy. The kernel of the blur has the mean power of bilinear
interpolation at random positions (a third at the Nyquist frequency). The error is the mean over
both signs of the rotation.
"""

import argparse
from collections.abc import Callable

import numpy as np
from scipy import ndimage

from stnctl.data.dataset import Split
from stnctl.data.distortion_stats import gradient_energy
from stnctl.data.split_view import SplitView, network_input
from stnctl.evaluation.classification_metrics import measure
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.run_loader import load_run

BLUR = (1 - 3**-0.5) / 4
"""Weight of both neighbors of a pixel on each axis."""

Distort = Callable[[np.ndarray, float], np.ndarray]


def rotated(U: np.ndarray, degrees: float, order: int = 1) -> np.ndarray:
    """Return U (N, H, W, 1) rotated counterclockwise about its center, by a spline of an order."""
    if not degrees:
        return U
    options = {"reshape": False, "order": order, "mode": "grid-constant"}
    return ndimage.rotate(U, degrees, axes=(2, 1), **options)


def blurred(U: np.ndarray, degrees: float) -> np.ndarray:
    """Return U (N, H, W, 1) rotated and then blurred."""
    V = rotated(U, degrees)
    for axis in (1, 2):
        V = ndimage.convolve1d(V, [BLUR, 1 - 2 * BLUR, BLUR], axis=axis, mode="constant")
    return V


def cubic(U: np.ndarray, degrees: float) -> np.ndarray:
    """Return U (N, H, W, 1) rotated with cubic interpolation, clipped to [0, 1]."""
    return np.clip(rotated(U, degrees, order=3), 0, 1)


ROWS: tuple[tuple[float, str, Distort], ...] = (
    (0, "none", rotated),
    (0, "blurred", blurred),
    (15, "bilinear", rotated),
    (15, "cubic", cubic),
    (45, "bilinear", rotated),
    (45, "cubic", cubic),
    (75, "bilinear", rotated),
    (85, "bilinear", rotated),
    (90, "none", rotated),
    (90, "blurred", blurred),
    (95, "bilinear", rotated),
)
"""Rotation in degrees, resampling, and function."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", help="runs that were trained on the set R")
    parser.add_argument("--data", help="path of mnist.npz, if it was moved")
    options = parser.parse_args()
    runs = [load_run(run, data=options.data) for run in options.runs]
    names = "".join(f" {loaded.run.name}, error % |" for loaded in runs)
    print(f"| rotation, ± degrees | resampling | sharpness |{names}")
    print("|---" * (3 + len(runs)) + "|")
    for degrees, resampling, distort in ROWS:
        print(_line(runs, degrees, resampling, distort), flush=True)


def _line(runs: list[LoadedRun], degrees: float, resampling: str, distort: Distort) -> str:
    split = runs[0].view("test").split
    U = network_input(split.images, "unit")
    images = [distort(U, angle) for angle in sorted({-degrees, degrees})]
    energy = np.mean([gradient_energy(V) for V in images]) / gradient_energy(U)
    errors = [np.mean([_error_percent(loaded, V, split.labels) for V in images]) for loaded in runs]
    cells = [f"{degrees:g}", resampling, f"{energy:.2f}", *(f"{error:.2f}" for error in errors)]
    return f"| {' | '.join(cells)} |"


def _error_percent(loaded: LoadedRun, V: np.ndarray, labels: np.ndarray) -> float:
    examples = SplitView(Split(V, labels), "test").examples()
    return measure(loaded.predict(examples), labels).error_percent


if __name__ == "__main__":
    main()
