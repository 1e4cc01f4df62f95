"""Network of a configuration as a Keras model."""

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
    """Return the network U -> logits, with initial weights of the configured seed.

    Args:
        config: The configuration.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.

    Returns:
        A Keras model from U (B, H, W, C) to logits (B, num_classes).

    Raises:
        ConfigError: If the bounds of theta do not fit the transform.
    """
    keras.utils.set_random_seed(config.seed)
    transformer, classifier = config.model.transformer, config.model.classifier
    U = keras.Input(input_shape, name="U")
    V = _transform(U, transformer) if transformer else U
    logits = classify(V, classifier, num_classes)
    return keras.Model(U, logits, name="stn" if transformer else "cnn")


def with_intermediates(model: keras.Model) -> keras.Model:
    """Return ``model`` with named outputs: the logits, and theta, grid and V of its transformer.

    Shapes: logits (B, num_classes), theta (B, num_params), grid (B, H', W', 2), V (B, H', W', C).
    """
    outputs = {"logits": model.output}
    if has_transformer(model):
        V, grid = model.get_layer(TRANSFORMER).output
        outputs |= {"theta": model.get_layer(THETA).output, "grid": grid, "V": V}
    return keras.Model(model.input, outputs)


def has_transformer(model: keras.Model) -> bool:
    """Return whether ``model`` has a spatial transformer."""
    return any(isinstance(layer, SpatialTransformer) for layer in model.layers)


def _transform(U: Any, config: TransformerConfig) -> Any:
    theta = localize(U, config)
    V, _ = SpatialTransformer(
        transform=config.transform,
        constraints=config.constraints,
        control_points=config.control_points,
        output_size=config.output_size,
        interpolation=config.interpolation,
        padding=config.padding,
        fill_value=config.fill_value,
        align_corners=config.align_corners,
        name=TRANSFORMER,
    )(U, theta)
    return V
