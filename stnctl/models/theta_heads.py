"""Keras classes of the heads of localization networks, from features to theta."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from stnctl.geometry.bounds import bounded
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.geometry.transforms.make import make_transform
from stnctl.models.heads import THETA


@keras.saving.register_keras_serializable("stnctl")
class IdentityTheta(keras.initializers.Initializer):  # type: ignore[misc] # Keras has no types
    """Initializer that sets a bias (num_params,) to the identity of a transform.

    Args:
        identity: The theta of the identity, (num_params,), from ``transform.identity()``.
    """

    def __init__(self, identity: Sequence[float] | np.ndarray) -> None:
        """Store the identity."""
        self.identity = [float(value) for value in identity]

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """Return the identity as a tensor (num_params,).

        Args:
            shape: (num_params,).
            dtype: The dtype of the tensor, default that of Keras.
        """
        return keras.ops.reshape(keras.ops.convert_to_tensor(self.identity, dtype), shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the initializer."""
        return {"identity": self.identity}


@keras.saving.register_keras_serializable("stnctl")
class BoundedTheta(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer that maps any values to a theta within bounds, and 0 to the identity.

    `stnctl.geometry.bounded` has the formula.

    Args:
        identity: The theta of the identity, (num_params,).
        bounds: (num_params, 2), low and high of each parameter, with the identity between them.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        (B, num_params), any values.

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
        """Store identity and bounds."""
        super().__init__(**kwargs)
        self.identity = np.array(identity, "float64")
        self.bounds = np.array(bounds, "float64")

    def call(self, raw: Any) -> Any:
        """Return theta, (B, num_params), within the bounds.

        Args:
            raw: Any values, (B, num_params).

        Raises:
            ValueError: If the identity is not between the bounds.
        """
        return bounded(raw, self.identity, self.bounds)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of theta, (B, num_params), which is that of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {
            **super().get_config(),
            "identity": self.identity.tolist(),
            "bounds": self.bounds.tolist(),
        }


def theta_head(
    transform: str = "affine",
    *,
    constraints: Constraints | None = None,
    control_points: tuple[int, int] | None = None,
    name: str = THETA,
) -> keras.layers.Dense:
    """Return a dense layer from features (B, n) to theta (B, num_params).

    Its kernel is initially zero, and its bias the identity: so an untrained layer returns the
    identity. It is float32 under any dtype policy, because half precision would shift the sampled
    points.

    Args:
        transform: A key of `stnctl.geometry.TRANSFORMS`.
        constraints: Fixed entries of the matrix of "affine", as two rows of three. A number fixes
            an entry, None leaves it free.
        control_points: Numbers of rows and columns of the control points of "thin_plate_spline".
        name: Name of the layer.

    Raises:
        ValueError: If the transform is unknown, or does not have a given option.
    """
    family = make_transform(transform, constraints=constraints, control_points=control_points)
    identity = family.identity()
    return keras.layers.Dense(
        len(identity),
        kernel_initializer="zeros",
        bias_initializer=IdentityTheta(identity),
        dtype="float32",
        name=name,
    )
