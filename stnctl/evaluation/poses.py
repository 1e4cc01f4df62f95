"""Poses of transformers: the affine maps nearest to their sampling grids."""

from collections.abc import Iterable, Mapping
from functools import reduce

import numpy as np

from stnctl.geometry.affine_fit import fit_affine
from stnctl.models.network import Network
from stnctl.models.traced_transformer import TracedTransformer

_CHUNK = 1024
"""Number of images whose grids are in memory at the same time."""


def pose_of(transformer: TracedTransformer, grid: np.ndarray) -> np.ndarray:
    """Return the poses of one transformer, (N, 3, 3), from pixels of its V to pixels of its U.

    Both are measured from the center.

    Args:
        transformer: The transformer.
        grid: Its sampling grids, (N, H', W', 2).
    """
    height, width, _ = transformer.U.shape
    return fit_affine(grid, (height, width), align_corners=transformer.sampling.align_corners)


def chained(
    transformers: Iterable[TracedTransformer], poses: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the poses of transformers with respect to the input image, (N, 3, 3) by their names.

    Args:
        transformers: Transformers that sample the input image, or V of such a transformer.
        poses: The pose of each one with respect to its own U, by its name.
    """
    return {
        each.name: reduce(np.matmul, [poses[name] for name in (*(each.chain or ()), each.name)])
        for each in transformers
    }


def input_poses(network: Network, thetas: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the poses of all transformers whose V shows the input image, by their names.

    Args:
        network: The trace of a network.
        thetas: Theta of each transformer by its name, (N, num_params).

    Returns:
        (N, 3, 3) each, from pixels of V to pixels of the input image, measured from the center.
    """
    shown = [each for each in network.transformers if each.chain is not None]
    poses = {each.name: _pose_of_theta(each, thetas[each.name]) for each in shown}
    return chained(shown, poses)


def _pose_of_theta(transformer: TracedTransformer, theta: np.ndarray) -> np.ndarray:
    height, width, _ = transformer.V.shape
    corners = transformer.sampling.align_corners
    family = transformer.sampling.family
    starts = range(0, len(theta), _CHUNK)
    parts = [
        family.grid(theta[start : start + _CHUNK], (height, width), align_corners=corners)
        for start in starts
    ]
    return np.concatenate([pose_of(transformer, grid) for grid in parts])
