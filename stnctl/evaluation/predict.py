"""A model's outputs for many images."""

from collections.abc import Callable
from typing import Any

import numpy as np

from stnctl.data.batches import network_input

BATCH_SIZE = 256


def predict(
    model: Any,
    images: np.ndarray,
    *,
    pixels: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Any:
    """Return the outputs of a Keras model for images (N, H, W, C), N >= 1, in batches.

    All batches have one size, the last is filled up, so that the backend compiles but once.

    Args:
        model: A Keras model from U to an array, or to a dict of arrays.
        images: As a `stnctl.data.Split` holds them.
        pixels: Range of the network's input, as in `data.pixels`.
        progress: Called after each batch with the number of images done, and N.

    Returns:
        NumPy arrays (N, ...), in the structure of the model's outputs.
    """
    size, total = min(BATCH_SIZE, len(images)), len(images)
    batches = []
    for start in range(0, total, size):
        batch = images[np.arange(start, start + size) % total]
        batches.append(model.predict_on_batch(network_input(batch, pixels)))
        progress(min(start + size, total), total)
    if isinstance(batches[0], dict):
        return {name: _join([batch[name] for batch in batches], total) for name in batches[0]}
    return _join(batches, total)


def _join(batches: list[np.ndarray], total: int) -> np.ndarray:
    return np.concatenate(batches)[:total]
