"""Keras model of a configured network, and its intermediate results."""

from typing import Any

import keras

from stnctl.config.schema import Config, TransformerConfig
from stnctl.models.classifier import classify
from stnctl.models.localization import localize
from stnctl.models.spatial_transformer import SpatialTransformer
from stnctl.models.theta_heads import THETA

TRANSFORMER = "spatial_transformer"
"""Name of the layer whose outputs are V and grid."""


def build_model(config: Config, input_shape: tuple[int, int, int], num_classes: int) -> keras.Model:
    """Build the configured network, with random initial weights from the configured seed.

    Args:
        config: The configuration; only the model and the seed are used.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.

    Returns:
        A Keras model from U (B, H, W, C) to logits (B, num_classes).

    Raises:
        ConfigError: If the configured bounds of theta do not fit the transform.
    """
    keras.utils.set_random_seed(config.seed)
    transformer, classifier = config.model.transformer, config.model.classifier
    U = keras.Input(input_shape, name="U")
    V = _transform(U, transformer) if transformer else U
    logits = classify(V, classifier, num_classes)
    return keras.Model(U, logits, name="stn" if transformer else "cnn")


def with_intermediates(model: keras.Model) -> keras.Model:
    """Return a model with the intermediate results of ``model`` as named outputs.

    Args:
        model: A model from `build_model`.

    Returns:
        A Keras model with the same layers, from U (B, H, W, C) to a dict. The dict has "logits"
        (B, num_classes). With a transformer, it also has "theta" (B, num_params), "grid"
        (B, H', W', 2) and "V" (B, H', W', C).
    """
    outputs = {"logits": model.output}
    if has_transformer(model):
        V, grid = model.get_layer(TRANSFORMER).output
        outputs |= {"theta": model.get_layer(THETA).output, "grid": grid, "V": V}
    return keras.Model(model.input, outputs)


def with_theta(model: keras.Model) -> keras.Model:
    """Return a model with the outputs "logits" and "theta" of a model with a transformer.

    Args:
        model: A model from `build_model`.

    Returns:
        A Keras model with the same layers, from U (B, H, W, C) to a dict of the logits
        (B, num_classes) and theta (B, num_params).
    """
    return keras.Model(
        model.input, {"logits": model.output, "theta": model.get_layer(THETA).output}
    )


def has_transformer(model: keras.Model) -> bool:
    """Return whether ``model`` has a spatial transformer."""
    return any(isinstance(layer, SpatialTransformer) for layer in model.layers)


def _transform(U: Any, config: TransformerConfig) -> Any:
    """Return V (B, H', W', C) of U (B, H, W, C)."""
    theta = localize(U, config)
    options = {key: value for key, value in config if key != "localization"}
    V, _ = SpatialTransformer(**options, name=TRANSFORMER)(U, theta)
    return V
