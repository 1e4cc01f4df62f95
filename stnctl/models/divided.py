"""Division of a batch among the threads of TensorFlow.

If several threads share an operation, each waits for the slowest one, hundreds of times in a step.
So a batch is divided into equal parts, one for each thread, and the parts are computed side by
side. docs/performance.md has the times.
"""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from stnctl.models.backend import parts_of_batch
from stnctl.models.graph import Tensor
from stnctl.models.network import Network


def training_model(model: keras.Model, network: Network, parts: int) -> keras.Model:
    """Return a model for the training of ``model``, with the same layers, that divides its batch.

    The penalties of a layer on its outputs are means over one part, and there is one for each part.

    Args:
        model: A model from `stnctl.models.build.build_model`.
        network: The trace of its network.
        parts: Number of equal parts of a batch.

    Returns:
        A Keras model from U (B, H, W, C) to logits (B, num_classes).
    """
    U = keras.Input(network.input.shape)
    tensors: dict[Tensor, list[Any]] = {
        network.input: [U] if parts == 1 else keras.ops.split(U, parts)
    }
    for node in network.nodes:
        inputs = [[tensors[each][k] for each in node.inputs] for k in range(parts)]
        results = node.operation.call_in_parts(model.get_layer(node.name), inputs)
        several = [each if isinstance(each, list | tuple) else (each,) for each in results]
        tensors |= dict(zip(node.outputs, map(list, zip(*several, strict=True)), strict=True))
    return keras.Model(U, _joined(tensors[network.logits]))


def predictor(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the function from U (B, H, W, C) to the outputs of a model: an array or a dict.

    On TensorFlow, it divides the batch. It is compiled once for each size of a batch; a second call
    with the same model returns the same function.
    """
    if keras.config.backend() != "tensorflow":
        predict_on_batch: Callable[[np.ndarray], Any] = model.predict_on_batch
        return predict_on_batch
    if model not in _predictors:
        _predictors[model] = _divided_predictor(keras.Model(model.input, model.output))
    return _predictors[model]


def _divided_predictor(network: keras.Model) -> Callable[[np.ndarray], Any]:
    import tensorflow as tf

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def compute(U: Any) -> Any:
        parts = parts_of_batch(U.shape[0])
        outputs = [network(part, training=False) for part in tf.split(U, parts)]
        return keras.tree.map_structure(lambda *each: _joined(each), *outputs)

    return lambda U: keras.tree.map_structure(keras.ops.convert_to_numpy, compute(U))


def _joined(parts: Any) -> Any:
    return parts[0] if len(parts) == 1 else keras.ops.concatenate(parts)


_predictors: WeakKeyDictionary[keras.Model, Callable[[np.ndarray], Any]] = WeakKeyDictionary()
"""Model -> result of `predictor`."""
