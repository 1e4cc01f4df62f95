"""Spatial transformer as a Keras layer."""

from functools import cache
from typing import Any

import keras

from stnctl.geometry.argument_checks import check_fill, check_map
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS
from stnctl.geometry.sampler import make_sampler
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.geometry.transforms.make import make_transform
from stnctl.geometry.transforms.transform import Transform
from stnctl.models.compiled import compiled

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable("stnctl")
class SpatialTransformer(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Grid generator and sampler (paper, sections 3.2 and 3.3), without weights.

    The inputs are not cast to the layer's dtype: V has the dtype of U, and the grid that of theta,
    at least float32. So half precision does not move the points further than theta's own rounding.

    Args:
        transform: A key of `stnctl.geometry.TRANSFORMS`.
        constraints: Fixed entries of "affine": two rows of three; None is free, a number is fixed.
        control_points: Rows and columns of "thin_plate_spline".
        output_size: (H', W') of V, default the size of U.
        interpolation: A key of `stnctl.geometry.INTERPOLATIONS`.
        padding: A key of `stnctl.geometry.PADDINGS`.
        fill_value: Value outside U for the padding "value": one number, or one for each channel.
        align_corners: As in `stnctl.geometry.sample`.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        U: (B, H, W, C), and theta: (B, num_params): as two arguments, or as a list of both.

    Output shape:
        V: (B, H', W', C), and grid: (B, H', W', 2), normalized (x, y), target -> source.

    Example:
        >>> layer = SpatialTransformer(output_size=(20, 20))
        >>> V, grid = layer(U, theta)
        >>> V, grid = layer([U, theta])
    """

    def __init__(
        self,
        *,
        transform: str = "affine",
        constraints: Constraints | None = None,
        control_points: tuple[int, int] | None = None,
        output_size: tuple[int, int] | None = None,
        interpolation: str = "bilinear",
        padding: str = "zeros",
        fill_value: float | tuple[float, ...] = 0.0,
        align_corners: bool = True,
        **kwargs: Any,
    ) -> None:
        """Store the arguments; lists, as in JSON, become tuples.

        Raises:
            ValueError: If there is no such choice, or the transform has no such option.
        """
        INTERPOLATIONS.check(interpolation)
        PADDINGS.check(padding)
        super().__init__(autocast=False, **kwargs)
        self.transform = transform
        self.constraints = _as_tuples(constraints)
        self.control_points = _as_tuples(control_points)
        self.output_size = _as_tuples(output_size)
        self.interpolation = interpolation
        self.padding = padding
        self.fill_value = _as_tuples(fill_value)
        self.align_corners = align_corners
        self._transform = make_transform(
            transform, constraints=self.constraints, control_points=self.control_points
        )

    def call(self, input_map: Any, theta: Any = None) -> tuple[Any, Any]:
        """Return V (B, H', W', C) and grid (B, H', W', 2).

        Args:
            input_map: U (B, H, W, C), or the list [U, theta].
            theta: (B, num_params), unless it is in the list.

        Raises:
            ValueError: If U or theta has another shape or dtype.
        """
        input_map, theta = _pair(input_map, theta)
        self._check(input_map, theta)
        input_size = (input_map.shape[1], input_map.shape[2])
        output_size = self.output_size or input_size
        grid = compiled(_grid)(self._transform, theta, output_size, self.align_corners)
        sampler = _sampler(
            input_size,
            interpolation=self.interpolation,
            padding=self.padding,
            fill_value=self.fill_value,
            align_corners=self.align_corners,
        )
        return sampler(input_map, grid, region=compiled), grid

    def compute_output_shape(
        self, input_map_shape: Any, theta_shape: Shape | None = None
    ) -> tuple[Shape, Shape]:
        """Return the shapes of V, (B, H', W', C), and grid, (B, H', W', 2)."""
        input_map_shape, _ = _pair(input_map_shape, theta_shape)
        batch, *input_size, channels = input_map_shape
        size = self.output_size or input_size
        return (batch, *size, channels), (batch, *size, 2)

    def compute_output_spec(
        self, input_map: Any, theta: Any = None
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Return shapes and dtypes of V and grid, for symbolic tensors.

        Raises:
            ValueError: As in `call`.
        """
        input_map, theta = _pair(input_map, theta)
        self._check(input_map, theta)
        V, grid = self.compute_output_shape(input_map.shape, theta.shape)
        points = keras.backend.result_type(theta.dtype, "float32")
        return keras.KerasTensor(V, input_map.dtype), keras.KerasTensor(grid, points)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {
            **super().get_config(),
            "transform": self.transform,
            "constraints": self.constraints,
            "control_points": self.control_points,
            "output_size": self.output_size,
            "interpolation": self.interpolation,
            "padding": self.padding,
            "fill_value": self.fill_value,
            "align_corners": self.align_corners,
        }

    def _check(self, input_map: Any, theta: Any) -> None:
        """Check shapes and dtypes of U and theta, which may be symbolic."""
        check_map(input_map)
        if None in (input_map.shape[1], input_map.shape[2]):
            raise ValueError(f"U must have a known height and width, got {tuple(input_map.shape)}")
        self._transform.check(theta, ndim=2)
        check_fill(self.padding, self.fill_value, input_map.shape[3])


_sampler = cache(make_sampler)
"""The same object for the same arguments, since TensorFlow compiles a function for each object."""


def _pair(input_map: Any, theta: Any) -> tuple[Any, Any]:
    """Return U and theta, or their shapes, given as two arguments or as a list of both."""
    if theta is not None:
        return input_map, theta
    if not isinstance(input_map, list | tuple) or len(input_map) != 2:
        raise ValueError(
            "expected U and theta, as layer(U, theta) or layer([U, theta]); got no theta"
        )
    first, second = input_map
    return first, second


def _grid(transform: Transform, theta: Any, output_size: tuple[int, int], corners: bool) -> Any:
    """Return the grid (B, H', W', 2)."""
    return transform.grid(theta, output_size, align_corners=corners)


def _as_tuples(value: Any) -> Any:
    """Return ``value`` with lists replaced by tuples, at any depth."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list | tuple) else value
