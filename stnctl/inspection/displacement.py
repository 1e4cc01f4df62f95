"""Displacement of a sampling grid from that of the identity, in pixels of U."""

from collections.abc import Sequence

import numpy as np

from stnctl.geometry.grid import to_pixels
from stnctl.models.traced_transformer import TracedTransformer

_CHUNK = 256
_FAR = 1e6
"""Distance of a point that is not finite, in pixels."""


def displacements(
    transformers: Sequence[TracedTransformer], thetas: Sequence[np.ndarray]
) -> np.ndarray:
    """Return the mean displacement of the grid of each example, the largest of all transformers.

    The displacement of a point is its distance from the point of the identity.

    Args:
        transformers: The transformers, at least one.
        thetas: The parameters for each transformer, (N, num_params).

    Returns:
        Displacements in pixels of the map that the transformer samples, (N,), float64.
    """
    pairs = zip(transformers, thetas, strict=True)
    return np.asarray(np.max([_means(transformer, theta) for transformer, theta in pairs], axis=0))


def _means(transformer: TracedTransformer, theta: np.ndarray) -> np.ndarray:
    """Return the mean displacement of each grid, (N,)."""
    identity = _points(transformer, transformer.sampling.family.identity()[None])
    chunks = [
        _distances(_points(transformer, theta[start : start + _CHUNK]), identity)
        for start in range(0, len(theta), _CHUNK)
    ]
    return np.concatenate([np.empty(0), *chunks])


def _points(transformer: TracedTransformer, theta: np.ndarray) -> np.ndarray:
    """Return the grids, (N, H', W', 2), in pixels of U."""
    sampling, sizes = transformer.sampling, (transformer.U.shape, transformer.V.shape)
    (height, width, _), (rows, columns, _) = sizes
    align_corners = sampling.align_corners
    grid = sampling.family.grid(
        theta.astype("float64"), (rows, columns), align_corners=align_corners
    )
    return np.asarray(to_pixels(grid, (height, width), align_corners=align_corners))


def _distances(points: np.ndarray, identity: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        distances = np.linalg.norm(points - identity, axis=-1)
    return np.asarray(np.nan_to_num(distances, nan=_FAR, posinf=_FAR).mean(axis=(1, 2)))
