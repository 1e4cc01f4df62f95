"""A model's outputs for many images."""

from collections.abc import Callable
from typing import Any

import numpy as np

from stnctl.data import network_input

BATCH_SIZE = 256


def predict(
    model: Any,
    images: np.ndarray,
    *,
    pixels: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Any:
    """Return the outputs of a Keras model for images (N, H, W, C), N >= 1, in batches.

    Args:
        model: A Keras model from U to an array, or to a dict of arrays.
        images: As a `stnctl.data.Split` holds them.
        pixels: Range of the network's input, as in `data.pixels`.
        progress: Called after each batch with the number of images done, and N.

    Returns:
        NumPy arrays (N, ...), in the structure of the model's outputs.
    """
    batches = []
    for start in range(0, len(images), BATCH_SIZE):
        batch = images[start : start + BATCH_SIZE]
        batches.append(model.predict_on_batch(network_input(batch, pixels)))
        progress(start + len(batch), len(images))
    if isinstance(batches[0], dict):
        return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    return np.concatenate(batches)
