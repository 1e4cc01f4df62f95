"""Outlines of sampled regions on the input image, through a sequence of transformers."""

from collections.abc import Sequence

import numpy as np

from stnctl.figures.example_grids import grid_outlines
from stnctl.geometry.grid import from_pixels, to_pixels
from stnctl.inspection.examples import TransformerMaps
from stnctl.models.layers.pool import Pooling
from stnctl.models.network import Network


def composed_outlines(
    transformers: Sequence[TransformerMaps], network: Network
) -> list[np.ndarray]:
    """Return the border of the region that each transformer samples.

    A transformer after others samples the V of the one before. Its border is mapped through the
    transforms before it, back to the input image.

    Args:
        transformers: The maps of each transformer, in the order of the network.
        network: The trace of the network.

    Returns:
        For each transformer (n, P, 2), pixel (x, y) of the input image, or of its own U if that is
        a map of features. The points are clockwise from the top left corner of V and back to it.
    """
    by_name = {maps.transformer.name: maps for maps in transformers}
    outlines = []
    for maps in transformers:
        align_corners = maps.transformer.sampling.align_corners
        points = grid_outlines(maps.grid, maps.U.shape[1:3], align_corners=align_corners)
        later = maps
        for name in reversed(maps.transformer.chain or ()):
            before = by_name[name]
            points = _to_source(before, _before_pool(points, later, network))
            later = before
        outlines.append(points)
    return outlines


def _before_pool(points: np.ndarray, maps: TransformerMaps, network: Network) -> np.ndarray:
    """Return pixels (n, P, 2) of a transformer's U as pixels of the V that was pooled to it."""
    operation = network.nodes[maps.transformer.U.node].operation
    size = operation.size if isinstance(operation, Pooling) else 1
    return points * size + (size - 1) / 2


def _to_source(maps: TransformerMaps, points: np.ndarray) -> np.ndarray:
    """Return the pixels of U that are at pixels (n, P, 2) of V."""
    sampling = maps.transformer.sampling
    align_corners = sampling.align_corners
    targets = from_pixels(points, maps.V.shape[1:3], align_corners=align_corners)
    sources = sampling.family.apply(maps.theta.astype("float64"), targets[:, None])[:, 0]
    return np.asarray(to_pixels(sources, maps.U.shape[1:3], align_corners=align_corners))
