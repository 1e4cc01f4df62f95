"""Bounds on theta as a Keras layer."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from stnctl.geometry import bounded


@keras.saving.register_keras_serializable("stnctl")
class BoundedTheta(keras.layers.Layer):
    """Keeps theta within bounds, see `stnctl.geometry.bounded`; zeros become the identity.

    Args:
        identity: (num_params,), the theta of zeros.
        bounds: (num_params, 2), low and high, with the identity between.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        (B, num_params), any numbers.

    Output shape:
        (B, num_params).
    """

    def __init__(
        self,
        *,
        identity: Sequence[float] | np.ndarray,
        bounds: Sequence[Sequence[float]] | np.ndarray,
        **kwargs: Any,
    ) -> None:
        """Keep the numbers."""
        super().__init__(**kwargs)
        self.identity = np.array(identity, "float64")
        self.bounds = np.array(bounds, "float64")

    def call(self, raw: Any) -> Any:
        """Return theta, (B, num_params).

        Raises:
            ValueError: If the identity doesn't lie between the bounds.
        """
        return bounded(raw, self.identity, self.bounds)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of theta, which is that of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {
            **super().get_config(),
            "identity": self.identity.tolist(),
            "bounds": self.bounds.tolist(),
        }
