"""Statistics of the sampling grids of a transformer: they show whether it works or has collapsed.

They are measured at a lattice of points on V, so they take a few milliseconds for images of any
size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stnctl.evaluation.alignment import align
from stnctl.evaluation.poses import input_poses, pose_of
from stnctl.geometry.grid import to_pixels
from stnctl.geometry.sampler import sample
from stnctl.models.network import Network
from stnctl.models.traced_transformer import TracedTransformer
from stnctl.runs.alignment_record import NUMBERS

LATTICE = 16
"""Maximum number of rows and of columns of the points on V."""

_DIGITS = 6


@dataclass(frozen=True)
class TransformerStatistics:
    """Statistics of one transformer over some images.

    Attributes:
        outside: Share of the sampled points outside of U, 0 to 1.
        movement: How far a sampled point moves from image to image: the standard deviation of its
            place, in pixels of U. It is 0 if all images have the same theta.
        size_spread: Standard deviation of the area that the grid covers, as a share of its mean.
        energy: Variance of V over that of U, mean of the images; None if U is no input image.
        alignment: Part of the pose -> its `NUMBERS`; empty if the drawn distortion is unknown.
    """

    outside: float
    movement: float
    size_spread: float
    energy: float | None = None
    alignment: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """Return the statistics as plain data, with six significant digits."""
        numbers = {
            name: _rounded(value) for name, value in vars(self).items() if name != "alignment"
        }
        parts = {
            part: {name: _rounded(value) for name, value in values.items()}
            for part, values in self.alignment.items()
        }
        return numbers | ({"alignment": parts} if parts else {})


def transformer_statistics(
    network: Network,
    U: np.ndarray,
    thetas: Mapping[str, np.ndarray],
    drawn: np.ndarray | None = None,
) -> dict[str, TransformerStatistics]:
    """Return the statistics of each transformer by its name.

    Args:
        network: The trace of the network.
        U: The input images, (N, H, W, C).
        thetas: Theta of each transformer by its name, (N, num_params).
        drawn: The drawn distortions, (N, 3, 3), from
            `stnctl.evaluation.alignment.drawn_poses`; None if they are unknown.
    """
    alignments = {} if drawn is None else _alignments(network, thetas, drawn)
    inputs = {each.name for each in network.input_transformers}
    found = {}
    for each in network.transformers:
        grid = _lattice(each, thetas[each.name])
        areas = np.abs(np.linalg.det(pose_of(each, grid)[:, :2, :2]))
        height, width, _ = each.U.shape
        points = to_pixels(grid, (height, width), align_corners=each.sampling.align_corners)
        found[each.name] = TransformerStatistics(
            outside=float(_is_outside(points, height, width).mean()),
            movement=float(np.sqrt(points.var(axis=0).sum(axis=-1).mean())),
            size_spread=float(areas.std() / max(areas.mean(), 1e-12)),
            energy=_energy(each, U, grid) if each.name in inputs else None,
            alignment=alignments.get(each.name, {}),
        )
    return found


def _lattice(transformer: TracedTransformer, theta: np.ndarray) -> np.ndarray:
    """Return the normalized points of U that a lattice on V samples, (N, rows, columns, 2)."""
    height, width, _ = transformer.V.shape
    sampling = transformer.sampling
    size = min(height, LATTICE), min(width, LATTICE)
    grid = sampling.family.grid(
        np.asarray(theta, "float64"), size, align_corners=sampling.align_corners
    )
    return np.asarray(grid)


def _is_outside(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return whether points in pixels (..., 2) are beyond the outer edges of U, (...)."""
    last = np.array([width - 1, height - 1])
    outside: np.ndarray = (np.abs(2 * points - last) > last + 1).any(axis=-1)
    return outside


def _energy(transformer: TracedTransformer, U: np.ndarray, grid: np.ndarray) -> float | None:
    """Return the mean of the variance of V over that of U; None if all images are constant."""
    sampling = transformer.sampling
    V = sample(
        np.asarray(U, "float64"),
        grid,
        padding=sampling.padding,
        fill_value=sampling.fill_value,
        align_corners=sampling.align_corners,
    )
    before, after = (each.var(axis=(1, 2)).sum(axis=-1) for each in (U.astype("float64"), V))
    varies = before > 0
    return float((after[varies] / before[varies]).mean()) if varies.any() else None


def _alignments(
    network: Network, thetas: Mapping[str, np.ndarray], drawn: np.ndarray
) -> dict[str, dict[str, dict[str, float | None]]]:
    """Return name of a transformer -> part of the pose -> its alignment."""
    return {
        name: {
            each.part: {number: getattr(each, number) for number in NUMBERS}
            for each in align(drawn, pose)
        }
        for name, pose in input_poses(network, thetas).items()
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
