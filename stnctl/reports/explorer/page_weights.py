"""Weights of the checkpoints in the page, in the precision that fits, with their error."""

from typing import Any

import numpy as np

from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.models.layers.batch_norm import Normalization
from stnctl.models.network import Network
from stnctl.models.theta_operations import ThetaDense
from stnctl.reports.explorer.page_models import PageModel, logits_of
from stnctl.reports.explorer.weight_encoding import FLOAT16, FLOAT32, INT8, encode_array

_BYTES = {FLOAT32: 4, FLOAT16: 2, INT8: 1}


def planned_dtypes(network: Network, count: int, shown: int, max_bytes: int) -> list[str | None]:
    """Return the precision of each model in the page; None for a model that has no room.

    The shown model has float16 if there is room for it, else int8. The others have int8.

    Args:
        network: The trace of the network.
        count: Number of models.
        shown: Index of the model that the page shows first.
        max_bytes: Room for the text of all weights.
    """

    def plan(first: str, others: str | None) -> list[str | None]:
        return [first if index == shown else others for index in range(count)]

    for dtypes in (plan(FLOAT16, INT8), plan(INT8, INT8), plan(FLOAT16, None), plan(INT8, None)):
        if sum(_text_size(network, each) for each in dtypes if each) <= max_bytes:
            return dtypes
    return [None] * count


def weights_document(
    network: Network, page_model: PageModel, dtype: str, U: np.ndarray, logits: np.ndarray
) -> dict[str, Any]:
    """Return the weights of a model as JSON, and their error on the digits of the page.

    A batch normalization becomes a scale and an offset of each channel.

    Args:
        network: The trace of the network.
        page_model: The model.
        dtype: Precision of the kernels; that of theta's layer is at least float16.
        U: The digits as the page gets them, (n, H, W, C).
        logits: The logits of the run for the digits before their rounding, (n, K).
    """
    import keras

    from stnctl.models.build import keras_model

    copy, layers = keras_model(network), {}
    for node in network.nodes:
        if not node.parameters or node.shared:
            continue
        source, target = page_model.model.get_layer(node.name), copy.get_layer(node.name)
        values = {each.name: keras.ops.convert_to_numpy(each) for each in source.weights}
        if isinstance(node.operation, Normalization):
            target.set_weights(source.get_weights())
            values = _folded(values, source.epsilon)
        precise = isinstance(node.operation, ThetaDense) and dtype == INT8
        encoded = {
            name: encode_array(value, FLOAT16 if precise else dtype)
            for name, value in values.items()
        }
        if not isinstance(node.operation, Normalization):
            target.set_weights([encoded[each.name].decoded for each in target.weights])
        layers[node.name] = {name: each.document for name, each in encoded.items()}
    return {
        "title": page_model.title,
        "epoch": page_model.epoch,
        "dtype": dtype,
        "error": _error(logits_of(copy, U), logits),
        "layers": layers,
    }


def _error(found: np.ndarray, expected: np.ndarray) -> dict[str, Any]:
    probabilities = np.exp(log_probabilities(found)) - np.exp(log_probabilities(expected))
    return {
        "logits": float(np.abs(found - expected).max()),
        "probabilities": float(np.abs(probabilities).max()),
        "changed": int((found.argmax(axis=1) != expected.argmax(axis=1)).sum()),
    }


def _folded(values: dict[str, np.ndarray], epsilon: float) -> dict[str, np.ndarray]:
    """Return the scale and the offset of a batch normalization, float64."""
    gamma, beta, mean, variance = (
        values[name].astype(np.float64)
        for name in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + epsilon)
    return {"scale": scale, "offset": beta - mean * scale}


def _text_size(network: Network, dtype: str) -> int:
    """Return the length of the weights of a model in base64, nearly."""
    total = 0
    for node in network.nodes:
        is_theta = isinstance(node.operation, ThetaDense) and dtype == INT8
        total += node.parameters * _BYTES[FLOAT16 if is_theta else dtype]
    return 4 * total // 3 + 200 * len(network.nodes)
