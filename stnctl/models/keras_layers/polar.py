"""Keras layers of the polar localization network (arXiv:1901.11399)."""

import math
from typing import Any

import keras
import numpy as np

from stnctl.geometry.sampler import sample
from stnctl.models.compiled import compiled


@keras.saving.register_keras_serializable("stnctl")
class LogPolar(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that samples a map on angles and logarithms of radii.

    A rotation of the map by an angle, in normalized coordinates about the center, shifts the result
    along its axis of angles.

    Args:
        angles: Number of angles, over the full circle. The first one is 0, towards x; a positive
            angle goes from x (right) towards y (down).
        radii: Number of radii, in geometric steps from one pixel to 1, the edge.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        (B, H, W, C).

    Output shape:
        (B, angles, radii, C).
    """

    def __init__(self, *, angles: int, radii: int, **kwargs: Any) -> None:
        """Store the numbers of angles and radii."""
        super().__init__(**kwargs)
        self.angles = angles
        self.radii = radii

    def call(self, input_map: Any) -> Any:
        """Return the log-polar map, (B, angles, radii, C)."""
        return compiled(_log_polar)(input_map, self.angles, self.radii)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (B, angles, radii, C)."""
        batch, _, _, channels = input_shape
        return batch, self.angles, self.radii, channels

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "angles": self.angles, "radii": self.radii}


@keras.saving.register_keras_serializable("stnctl")
class CyclicPad(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that pads a polar map: cyclically along the angles, with zeros along the radii.

    Args:
        width: Number of rows or columns at each side.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        (B, angles, radii, C).

    Output shape:
        (B, angles + 2 width, radii + 2 width, C).
    """

    def __init__(self, *, width: int, **kwargs: Any) -> None:
        """Store the width."""
        super().__init__(**kwargs)
        self.width = width

    def call(self, polar: Any) -> Any:
        """Return the padded map, (B, angles + 2 width, radii + 2 width, C)."""
        width = self.width
        cyclic = keras.ops.concatenate([polar[:, -width:], polar, polar[:, :width]], axis=1)
        return keras.ops.pad(cyclic, [(0, 0), (0, 0), (width, width), (0, 0)])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (B, angles + 2 width, radii + 2 width, C)."""
        batch, angles, radii, channels = input_shape
        return batch, angles + 2 * self.width, radii + 2 * self.width, channels

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "width": self.width}


@keras.saving.register_keras_serializable("stnctl")
class CircularCentroid(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer of the circular centroid of a heat map over angles.

    The heat of an angle is the softmax of its mean over the radii. The centroid is the sum of the
    unit vectors of all angles, weighted by their heat. So a cyclic shift of the heat map by an
    angle rotates the centroid by the same angle.

    Input shape:
        (B, angles, radii, 1).

    Output shape:
        (B, 2): cos and sin, a vector of length 0 to 1.
    """

    def call(self, heat: Any) -> Any:
        """Return the centroid, (B, 2)."""
        weights = keras.ops.softmax(keras.ops.mean(heat, axis=(2, 3)), axis=-1)
        angles = 2 * math.pi * np.arange(heat.shape[1]) / heat.shape[1]
        units = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        return keras.ops.matmul(weights, keras.ops.convert_to_tensor(units, dtype=weights.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (B, 2)."""
        return input_shape[0], 2


def log_polar_grid(angles: int, radii: int, smallest: float) -> np.ndarray:
    """Return source points (angles, radii, 2), float64, normalized (x, y).

    Args:
        angles: Number of angles.
        radii: Number of radii.
        smallest: The first radius; the last one is 1.
    """
    angle = 2 * math.pi * np.arange(angles) / angles
    radius = np.geomspace(smallest, 1, radii)
    directions = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return directions[:, None] * radius[:, None]


def _log_polar(input_map: Any, angles: int, radii: int) -> Any:
    _, height, width, _ = input_map.shape
    points = log_polar_grid(angles, radii, 2 / min(height, width)).astype("float32")
    batch = keras.ops.shape(input_map)[0]
    grid = keras.ops.broadcast_to(
        keras.ops.convert_to_tensor(points)[None], (batch, angles, radii, 2)
    )
    return sample(input_map, grid)
