"""Localization networks: U -> theta (paper, section 3.1)."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from stnctl.config.schema import TransformerConfig
from stnctl.models.blocks import pooled_convolutions
from stnctl.models.bounded_theta import BoundedTheta
from stnctl.models.theta import configured_transform, theta_bounds

THETA = "theta"
"""Name of the layer whose output is theta."""


@keras.saving.register_keras_serializable("stnctl")
class IdentityTheta(keras.initializers.Initializer):
    """Initializes a bias of shape (num_params,) with the identity of a transform.

    Args:
        identity: (num_params,), what ``transform.identity()`` returns.
    """

    def __init__(self, identity: Sequence[float] | np.ndarray) -> None:
        """Keep the numbers."""
        self.identity = [float(value) for value in identity]

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """Return the identity, of shape (num_params,)."""
        return keras.ops.reshape(keras.ops.convert_to_tensor(self.identity, dtype), shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {"identity": self.identity}


def localize(input_map: Any, config: TransformerConfig) -> Any:
    """Return theta, (B, num_params), regressed from U, (B, H, W, C).

    The regression is in float32 whatever the policy: half precision would move the points.

    Raises:
        ConfigError: If the bounds don't fit the transform.
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
        features = layers.Dense(
            net.bottleneck.units,
            activation=net.bottleneck.activation,
            activity_regularizer=keras.regularizers.L2(net.bottleneck.activity_l2),
            name="localization_bottleneck",
        )(features)
    return _HEADS[net.head](features, config)


def _residual(features: Any, config: TransformerConfig) -> Any:
    """Theta = identity + linear(features), where linear starts at zero."""
    identity = configured_transform(config).identity()
    return layers.Dense(
        len(identity),
        kernel_initializer="zeros",
        bias_initializer=IdentityTheta(identity),
        dtype="float32",
        name=THETA,
    )(features)


def _bounded(features: Any, config: TransformerConfig) -> Any:
    """Theta = bounded(linear(features)), where linear starts at zero, and so theta at identity."""
    identity, bounds = configured_transform(config).identity(), theta_bounds(config)
    raw = layers.Dense(
        len(identity), kernel_initializer="zeros", dtype="float32", name=f"{THETA}_raw"
    )(features)
    return BoundedTheta(identity=identity, bounds=bounds, dtype="float32", name=THETA)(raw)


def _sigmoid(features: Any, config: TransformerConfig) -> Any:
    """Theta = sigmoid(linear(features)), as in the article's first attempt."""
    num_params = configured_transform(config).num_params
    return layers.Dense(num_params, activation="sigmoid", dtype="float32", name=THETA)(features)


_HEADS = {"residual": _residual, "bounded": _bounded, "sigmoid": _sigmoid}
