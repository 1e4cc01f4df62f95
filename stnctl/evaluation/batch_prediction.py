"""Prediction of a model for many examples, in batches of one size."""

from collections.abc import Callable
from typing import Any

import numpy as np

from stnctl.data.ahead import ahead
from stnctl.data.batches import prediction_batch_size
from stnctl.data.split_view import EpochExamples


def predict(
    outputs: Callable[[np.ndarray], Any],
    examples: EpochExamples,
    indices: np.ndarray | None = None,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Any:
    """Return the outputs of a model for one or more examples.

    All batches have the same size, so that the backend compiles only once. The last batch is filled
    up with repeated examples.

    Args:
        outputs: Function from U (B, H, W, C) to an array (B, ...), or to a dict of such arrays; see
            `stnctl.models.predictor.predictor`.
        examples: The examples of an epoch.
        indices: Indices of the selected examples, (n,), default all.
        progress: Called after each batch with the number of finished examples, and the total n.

    Returns:
        A NumPy array (n, ...), or a dict of such arrays, like the outputs.
    """
    indices = np.arange(len(examples)) if indices is None else indices
    total = len(indices)
    size = min(prediction_batch_size(examples.view.input_shape), total)
    chosen = (indices[np.arange(start, start + size) % total] for start in range(0, total, size))
    batches = []
    for U in ahead(map(examples.inputs, chosen)):
        batches.append(outputs(U))
        progress(min(len(batches) * size, total), total)
    if isinstance(batches[0], dict):
        return {name: _join([batch[name] for batch in batches], total) for name in batches[0]}
    return _join(batches, total)


def _join(batches: list[np.ndarray], total: int) -> np.ndarray:
    return np.concatenate(batches)[:total]
