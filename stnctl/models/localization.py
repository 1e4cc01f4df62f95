"""Localization networks: U -> theta (paper, section 3.1)."""

from typing import Any

import keras
from keras import layers

from stnctl.config.schema import LocalizationConfig
from stnctl.geometry import TRANSFORMS
from stnctl.models.blocks import pooled_convolutions


@keras.saving.register_keras_serializable("stnctl")
class IdentityTheta(keras.initializers.Initializer):
    """Initializes a bias of shape (num_params,) with the identity of a transform.

    Args:
        transform: A key of `stnctl.geometry.TRANSFORMS`.
    """

    def __init__(self, transform: str) -> None:
        """Keep the name of the transform."""
        self.transform = transform

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """Return the identity, of shape (num_params,)."""
        return keras.ops.reshape(
            keras.ops.convert_to_tensor(TRANSFORMS[self.transform].identity(), dtype), shape
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {"transform": self.transform}


def localize(input_map: Any, config: LocalizationConfig, transform: str) -> Any:
    """Return theta, (B, num_params), regressed from U, (B, H, W, C)."""
    features = pooled_convolutions(
        input_map,
        filters=config.filters,
        kernel_size=config.kernel_size,
        activation=config.activation,
        name="localization",
    )
    if config.bottleneck:
        features = layers.Dense(
            config.bottleneck.units,
            activation=config.bottleneck.activation,
            activity_regularizer=keras.regularizers.L2(config.bottleneck.activity_l2),
            name="localization_bottleneck",
        )(features)
    return _HEADS[config.head](transform)(features)


def _residual(transform: str) -> layers.Layer:
    """Theta = identity + linear(features), where linear starts at zero."""
    return layers.Dense(
        TRANSFORMS[transform].num_params,
        kernel_initializer="zeros",
        bias_initializer=IdentityTheta(transform),
        name="theta",
    )


def _sigmoid(transform: str) -> layers.Layer:
    """Theta = sigmoid(linear(features)), as in the article's first attempt."""
    return layers.Dense(TRANSFORMS[transform].num_params, activation="sigmoid", name="theta")


_HEADS = {"residual": _residual, "sigmoid": _sigmoid}
