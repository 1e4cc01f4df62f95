"""Theta with a normalized angle as a Keras layer."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("stnctl")
class UnitTheta(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that replaces a vector (cos, sin) of any length by its angle.

    A network can regress the vector without a jump at 180 degrees (arXiv:1812.07035). The vector
    (1, 0) gives the angle 0 exactly, and so does (0, 0), which has no angle.

    Args:
        position: Index of the angle in theta.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        (B, num_params + 1), with the cosine at ``position`` and the sine after it.

    Output shape:
        (B, num_params), with the angle in radians, from -pi to pi.
    """

    def __init__(self, *, position: int, **kwargs: Any) -> None:
        """Store the position."""
        super().__init__(**kwargs)
        self.position = position

    def call(self, raw: Any) -> Any:
        """Return theta (B, num_params) for values (B, num_params + 1)."""
        ops, k = keras.ops, self.position
        cos, sin = raw[:, k : k + 1], raw[:, k + 1 : k + 2]
        has_angle = ops.logical_or(cos != 0, sin != 0)  # without one, arctan2 has no gradient
        angle = ops.arctan2(sin, ops.where(has_angle, cos, ops.ones_like(cos)))
        before, after = raw[:, :k], raw[:, k + 2 :]
        parts = [each for each in (before, angle, after) if each.shape[1]]  # LiteRT has no empty
        return ops.concatenate(parts, axis=-1) if len(parts) > 1 else angle

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (B, num_params)."""
        batch, count = input_shape
        return batch, count - 1

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "position": self.position}
