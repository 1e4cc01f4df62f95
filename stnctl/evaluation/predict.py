"""A model's outputs for many images."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stnctl.data.split_view import EpochExamples

BATCH_SIZE = 256

MOST_VALUES = 2**22
"""The most numbers of U in one batch, so that large images, 128x128 and up, fit in memory."""


def predict(
    model: Any,
    examples: EpochExamples,
    indices: np.ndarray | None = None,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Any:
    """Return the outputs of a Keras model for examples, at least one, in batches.

    All batches have one size, the last is filled up, so that the backend compiles but once.

    Args:
        model: A Keras model from U to an array, or to a dict of arrays.
        examples: What the model is asked about.
        indices: Which of them, (n,); all if None.
        progress: Called after each batch with the number of images done, and n.

    Returns:
        NumPy arrays (n, ...), in the structure of the model's outputs.
    """
    indices = np.arange(len(examples)) if indices is None else indices
    total = len(indices)
    fitting = MOST_VALUES // math.prod(examples.view.input_shape)
    size = min(BATCH_SIZE, total, max(1, fitting))
    batches = []
    for start in range(0, total, size):
        batch = indices[np.arange(start, start + size) % total]
        batches.append(model.predict_on_batch(examples.inputs(batch)))
        progress(min(start + size, total), total)
    if isinstance(batches[0], dict):
        return {name: _join([batch[name] for batch in batches], total) for name in batches[0]}
    return _join(batches, total)


def _join(batches: list[np.ndarray], total: int) -> np.ndarray:
    return np.concatenate(batches)[:total]
