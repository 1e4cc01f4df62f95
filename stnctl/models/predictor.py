"""Predictor of a model: a compiled function that divides each batch among the threads."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from stnctl.models.backend import parts_of_batch
from stnctl.models.training_model import joined


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
        return keras.tree.map_structure(lambda *each: joined(each), *outputs)

    return lambda U: keras.tree.map_structure(keras.ops.convert_to_numpy, compute(U))


_predictors: WeakKeyDictionary[keras.Model, Callable[[np.ndarray], Any]] = WeakKeyDictionary()
"""Model -> result of `predictor`."""
