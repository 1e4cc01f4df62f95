"""Make tests/golden/grid_sample.npz: grids and V of PyTorch, and their gradients.

Needs torch; the tests need only the file. Run it from the root of the
project: python -m tests.golden.make_grid_sample
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

TARGET = Path(__file__).with_name("grid_sample.npz")

SIZES = {
    "odd": ((5, 7), (5, 7)),
    "even": ((8, 8), (8, 8)),
    "larger": ((4, 6), (9, 11)),
    "smaller": ((9, 6), (3, 4)),
    "one_row": ((1, 6), (3, 5)),
    "one_column": ((5, 1), (4, 2)),
    "to_one_pixel": ((6, 4), (1, 1)),
}
"""(H, W) and (H', W')."""

THETAS = np.array(
    [
        [0.98, 0.03, 0.011, -0.02, 1.03, -0.017],  # near the identity
        [0.31, -0.42, 0.21, 0.47, 0.29, -0.13],  # rotated and zoomed in
        [-0.93, 0.05, 0.083, 0.07, 0.88, 0.061],  # mirrored
        [1.71, 0.23, -0.67, -0.31, 1.43, 0.39],  # partly outside
        [2.9, -1.3, 7.7, 0.9, 3.1, -5.3],  # far outside
    ]
)


def main() -> None:
    random = np.random.default_rng(0)
    arrays = {"made_by": np.array(f"torch {torch.__version__}")}
    for name, (input_size, output_size) in SIZES.items():
        for align_corners in (True, False):
            case = f"{name}-{'corners' if align_corners else 'edges'}"
            U = random.normal(size=(len(THETAS), *input_size, 2))
            fields = answer(U, random.normal(size=(len(THETAS), *output_size, 2)), align_corners)
            arrays |= {f"{case}/{field}": array for field, array in fields.items()}
    np.savez_compressed(TARGET, **arrays)


def answer(U: np.ndarray, dV: np.ndarray, align_corners: bool) -> dict[str, np.ndarray]:
    """Return grid and V of U (B, H, W, C), and the gradients for dV, the gradient to V."""
    theta_ = torch.tensor(THETAS, requires_grad=True)
    U_ = torch.tensor(U, requires_grad=True)
    grid = functional.affine_grid(
        theta_.reshape(-1, 2, 3), [len(U), 1, *dV.shape[1:3]], align_corners=align_corners
    )
    V = functional.grid_sample(
        U_.permute(0, 3, 1, 2),
        grid,
        mode="bilinear",
        padding_mode="zeros",
        align_corners=align_corners,
    ).permute(0, 2, 3, 1)
    (V * torch.tensor(dV)).sum().backward()
    return {
        "align_corners": np.array(align_corners),
        "U": U,
        "theta": THETAS,
        "dV": dV,
        "grid": grid.detach().numpy(),
        "V": V.detach().numpy(),
        "dU": U_.grad.numpy(),
        "dtheta": theta_.grad.numpy(),
    }


if __name__ == "__main__":
    main()
