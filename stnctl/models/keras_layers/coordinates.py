"""Coordinate channels as a Keras layer."""

from typing import Any

import keras

from stnctl.geometry.grid import regular_grid


@keras.saving.register_keras_serializable("stnctl")
class Coordinates(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that appends the normalized coordinates x and y of each pixel to a map.

    -1 and 1 are the centers of the corner pixels (CoordConv, arXiv:1807.03247).

    Input shape:
        (B, H, W, C).

    Output shape:
        (B, H, W, C + 2).
    """

    def call(self, input_map: Any) -> Any:
        """Return the map with its coordinates, (B, H, W, C + 2)."""
        _, height, width, _ = input_map.shape
        points = regular_grid((height, width), align_corners=True, dtype="float32")
        points = keras.ops.convert_to_tensor(points, dtype=input_map.dtype)
        batch = keras.ops.shape(input_map)[0]
        points = keras.ops.broadcast_to(points[None], (batch, height, width, 2))
        return keras.ops.concatenate([input_map, points], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (B, H, W, C + 2)."""
        *start, channels = input_shape
        return (*start, channels + 2)
