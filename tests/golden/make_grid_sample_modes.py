"""Make tests/golden/grid_sample_modes.npz: PyTorch's V and gradients in all modes of grid_sample.

Needs torch; the tests need only the file. Run it from the root of the
project: python -m tests.golden.make_grid_sample_modes
"""

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from stnctl.geometry.grid import regular_grid

TARGET = Path(__file__).with_name("grid_sample_modes.npz")

MODES = ("nearest", "bilinear", "bicubic")
PADDINGS = ("zeros", "border", "reflection")
BATCH, CHANNELS = 2, 2

SIZES = {
    "odd": ((5, 7), (5, 6)),
    "even": ((6, 4), (4, 7)),
    "larger": ((3, 4), (8, 5)),
    "one_row": ((1, 6), (3, 5)),
    "one_column": ((5, 1), (4, 3)),
    "one_pixel": ((1, 1), (2, 3)),
}
"""(H, W) of U and (H', W') of V."""

LATTICES = {"lattice-corners": (3, 5), "lattice-edges": (4, 8)}
"""(H, W) of U and of V at the identity, where all points are on kinks; exact in floating point."""

REACH = (1.5, 6.0)
"""Largest normalized coordinate of the first and the second map of a batch."""

CLEARANCE = 1e-3
"""Smallest distance in pixels of all points from the kinks at whole and the ties at half pixels."""


def main() -> None:
    random = np.random.default_rng(0)
    arrays = {"made_by": np.array(f"torch {torch.__version__}")}
    for (name, (size, output_size)), align_corners in product(SIZES.items(), (True, False)):
        case = f"{name}-{'corners' if align_corners else 'edges'}"
        points = clear_points(random, size, output_size, align_corners)
        fields = answers(random, size, points, align_corners, product(MODES, PADDINGS))
        arrays |= {f"{case}/{field}": array for field, array in fields.items()}
    for case, size in LATTICES.items():
        align_corners = case.endswith("corners")
        lattice = regular_grid(size, align_corners=align_corners, dtype="float64")
        points = np.repeat(lattice[None], BATCH, axis=0)
        fields = answers(random, size, points, align_corners, [("bilinear", "zeros")])
        arrays |= {f"{case}/{field}": array for field, array in fields.items()}
    np.savez_compressed(TARGET, **arrays)


def answers(
    random: np.random.Generator,
    size: tuple[int, int],
    grid: np.ndarray,
    align_corners: bool,
    modes: Iterable[tuple[str, str]],
) -> dict[str, np.ndarray]:
    """Return random U and dV, with V and gradients of each mode for grid (B, H', W', 2)."""
    inputs = {
        "U": random.uniform(size=(BATCH, *size, CHANNELS)),
        "grid": grid,
        "dV": random.normal(size=(*grid.shape[:3], CHANNELS)),
        "align_corners": np.array(align_corners),
    }
    outputs = {
        f"{mode}-{padding}-{key}": value
        for mode, padding in modes
        for key, value in answer(inputs, mode, padding).items()
    }
    return inputs | outputs


def clear_points(
    random: np.random.Generator,
    size: tuple[int, int],
    output_size: tuple[int, int],
    align_corners: bool,
) -> np.ndarray:
    """Return points (B, H', W', 2), inside and far outside of U, away from kinks and ties."""
    half = (np.array(size[::-1]) - align_corners) / 2
    center = (np.array(size[::-1]) - 1) / 2
    points = np.empty((BATCH, *output_size, 2))
    for index in np.ndindex(points.shape):
        axis = index[-1]
        while True:
            points[index] = random.uniform(-REACH[index[0]], REACH[index[0]])
            halves = float(2 * (points[index] * half[axis] + center[axis]))
            if half[axis] == 0 or abs(halves - round(halves)) > 2 * CLEARANCE:
                break
    return points


def answer(inputs: dict[str, np.ndarray], mode: str, padding: str) -> dict[str, np.ndarray]:
    """Return V of U (B, H, W, C), and the gradients for dV, the gradient to V."""
    U_, grid_ = (torch.tensor(inputs[name], requires_grad=True) for name in ("U", "grid"))
    V = functional.grid_sample(
        U_.permute(0, 3, 1, 2),
        grid_,
        mode=mode,
        padding_mode=padding,
        align_corners=bool(inputs["align_corners"]),
    ).permute(0, 2, 3, 1)
    (V * torch.tensor(inputs["dV"])).sum().backward()
    found = {"V": V.detach().numpy(), "dU": U_.grad.numpy()}
    return found if mode == "nearest" else found | {"dgrid": grid_.grad.numpy()}


if __name__ == "__main__":
    main()
