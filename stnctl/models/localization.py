"""Localization network: U -> theta (paper, section 3.1)."""

from typing import Any

import keras

from stnctl.config.schema import TransformerConfig
from stnctl.models.blocks import pooled_convolutions
from stnctl.models.theta_heads import HEAD_BUILDERS


def localize(input_map: Any, config: TransformerConfig) -> Any:
    """Apply a new localization network to U (B, H, W, C), and return theta (B, num_params).

    Args:
        input_map: U, a Keras tensor (B, H, W, C).
        config: The configuration of the transformer.

    Raises:
        ConfigError: If the configured bounds of theta do not fit the transform.
    """
    net = config.localization
    features = pooled_convolutions(
        input_map,
        filters=net.filters,
        kernel_size=net.kernel_size,
        activation=net.activation,
        name="localization",
    )
    if net.bottleneck:
        features = keras.layers.Dense(
            net.bottleneck.units,
            activation=net.bottleneck.activation,
            activity_regularizer=keras.regularizers.L2(net.bottleneck.activity_l2),
            name="localization_bottleneck",
        )(features)
    return HEAD_BUILDERS[net.head](features, config)
