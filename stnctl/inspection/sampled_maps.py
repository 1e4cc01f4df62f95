"""Maps of transformers, sampled again from the input image and theta, without Keras."""

from collections.abc import Mapping

import numpy as np

from stnctl.geometry.sampler import sample
from stnctl.inspection.examples import TransformerMaps
from stnctl.inspection.transformer_headings import transformer_headings
from stnctl.models.job import Job
from stnctl.models.layers.pool import Pooling
from stnctl.models.network import Network
from stnctl.models.traced_transformer import TracedTransformer


def sampled_maps(
    job: Job, U: np.ndarray, thetas: Mapping[str, np.ndarray]
) -> list[TransformerMaps]:
    """Return the maps of the transformers that sample the input image, directly or after others.

    Args:
        job: The configuration and the data.
        U: Input images (n, H, W, C).
        thetas: Name of the layer of a transformer -> its parameters (n, num_params).
    """
    network, found = job.network, dict[str, TransformerMaps]()
    headings = transformer_headings(network.transformers, job.config.model)
    for transformer, heading in zip(network.transformers, headings, strict=True):
        if transformer.chain is None:
            continue
        before = found[transformer.chain[-1]] if transformer.chain else None
        source = U if before is None else _pooled(before.V, transformer, network)
        theta = thetas[transformer.name].astype("float64")
        grid, V = warped(transformer, source, theta)
        found[transformer.name] = TransformerMaps(transformer, heading, source, theta, grid, V)
    return list(found.values())


def warped(
    transformer: TracedTransformer, U: np.ndarray, theta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sampling grid (n, H', W', 2), normalized, and V (n, H', W', C).

    Args:
        transformer: The transformer.
        U: The maps that it samples (n, H, W, C).
        theta: Its parameters (n, num_params).
    """
    sampling, (height, width, _) = transformer.sampling, transformer.V.shape
    align_corners = sampling.align_corners
    grid = sampling.family.grid(theta, (height, width), align_corners=align_corners)
    V = sample(
        U,
        grid,
        interpolation=sampling.interpolation,
        padding=sampling.padding,
        fill_value=sampling.fill_value,
        align_corners=align_corners,
    )
    return grid, V


def _pooled(V: np.ndarray, transformer: TracedTransformer, network: Network) -> np.ndarray:
    """Return the V of a transformer as the U of the next one, which may be pooled."""
    operation = network.nodes[transformer.U.node].operation
    if not isinstance(operation, Pooling):
        return V
    size, (height, width, channels) = operation.size, transformer.U.shape
    blocks = V[:, : height * size, : width * size]
    mean: np.ndarray = blocks.reshape(-1, height, size, width, size, channels).mean(axis=(2, 4))
    return mean
