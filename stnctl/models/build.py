"""Keras model of a configured network, and its intermediate results."""

import random
from typing import Any
from weakref import WeakKeyDictionary

import keras

from stnctl.config.schema import Config
from stnctl.models import keras_layers, theta_heads  # noqa: F401 - Keras loads their classes
from stnctl.models.graph import Tensor
from stnctl.models.network import Network
from stnctl.models.precision import layers_in
from stnctl.models.spatial_transformer import SpatialTransformer


def build_model(config: Config, network: Network) -> keras.Model:
    """Build a network with random initial weights from the configured seed.

    Keras draws the seeds of all weights and layers from Python's generator. The seeds of the
    backend stay as they are: TensorFlow optimizes its compiled functions again after a change.

    Args:
        config: The configuration; only the seed and the precision are used.
        network: The trace of its network.

    Returns:
        A Keras model from U (B, H, W, C) to logits (B, num_classes).
    """
    random.seed(config.seed)
    with layers_in(config.train.precision):
        return keras_model(network)


def keras_model(network: Network) -> keras.Model:
    """Return the Keras model of a traced network, with new weights.

    The layers are created in the order of the trace, with random initial weights from Python's
    generator.
    """
    U = keras.Input(network.input.shape, name="U")
    tensors: dict[Tensor, Any] = {network.input: U}
    layers: dict[str, keras.layers.Layer] = {}
    for node in network.nodes:
        if node.name not in layers:
            layers[node.name] = node.operation.keras_layer(node.name)
        results = node.operation.call(layers[node.name], [tensors[each] for each in node.inputs])
        several = results if isinstance(results, list | tuple) else (results,)
        tensors |= dict(zip(node.outputs, several, strict=True))
    return keras.Model(U, tensors[network.logits], name=network.name)


def transformer_layers(model: keras.Model) -> list[SpatialTransformer]:
    """Return the spatial transformers of a model, in the order of their creation."""
    found = [layer for layer in model.layers if isinstance(layer, SpatialTransformer)]
    return sorted(found, key=lambda layer: (len(layer.name), layer.name))


def with_intermediates(model: keras.Model) -> keras.Model:
    """Return a model with the intermediate results of ``model`` as named outputs.

    Args:
        model: A model from `build_model`.

    Returns:
        A Keras model with the same layers, from U (B, H, W, C) to a dict. The dict has "logits"
        (B, num_classes). For each transformer NAME, it also has "NAME/U" (B, H, W, C), "NAME/theta"
        (B, num_params), "NAME/grid" (B, H', W', 2) and "NAME/V" (B, H', W', C).
    """
    outputs = {"logits": model.output}
    for layer in transformer_layers(model):
        U, theta = layer.input
        V, grid = layer.output
        results = {"U": U, "theta": theta, "grid": grid, "V": V}
        outputs |= {f"{layer.name}/{name}": tensor for name, tensor in results.items()}
    return keras.Model(model.input, outputs)


def with_theta(model: keras.Model) -> keras.Model:
    """Return a model with the outputs "logits" and "NAME/theta" of each transformer NAME.

    A second call with the same model returns the same result, which the backend has compiled.

    Args:
        model: A model from `build_model`.

    Returns:
        A Keras model with the same layers, from U (B, H, W, C) to a dict of the logits
        (B, num_classes) and thetas (B, num_params).
    """
    if model not in _with_theta:
        thetas = {f"{layer.name}/theta": layer.input[1] for layer in transformer_layers(model)}
        _with_theta[model] = keras.Model(model.input, {"logits": model.output, **thetas})
    return _with_theta[model]


_with_theta: WeakKeyDictionary[keras.Model, keras.Model] = WeakKeyDictionary()
"""Model -> result of `with_theta`."""


def has_transformer(model: keras.Model) -> bool:
    """Return whether ``model`` has a spatial transformer."""
    return bool(transformer_layers(model))
