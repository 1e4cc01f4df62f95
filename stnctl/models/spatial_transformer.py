"""The spatial transformer as a Keras layer."""

from functools import cache
from typing import Any

import keras

from stnctl.geometry import INTERPOLATIONS, PADDINGS, Transform, make_sampler, make_transform
from stnctl.geometry.argument_checks import check_fill, check_map
from stnctl.geometry.choice import choose
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.models.compiled import compiled

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable("stnctl")
class SpatialTransformer(keras.layers.Layer):
    """Grid generator and sampler (paper, sections 3.2 and 3.3), without weights.

    Nothing is cast to the layer's dtype: V has the dtype of U, and the grid that of theta, but at
    least float32. So half precision costs the points no more than what theta has lost before.

    Args:
        transform: A key of `stnctl.geometry.TRANSFORMS`.
        constraints: Of "affine": two rows of three, where None is free and a number is fixed.
        control_points: Of "thin_plate_spline": rows and columns.
        output_size: (H', W') of V; None for the size of U.
        interpolation: A key of `stnctl.geometry.INTERPOLATIONS`.
        padding: A key of `stnctl.geometry.PADDINGS`.
        fill_value: What "value" reads outside: one number, or one for each channel.
        align_corners: As in `stnctl.geometry.sample`.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        U: (B, H, W, C), and theta: (B, num_params).

    Output shape:
        V: (B, H', W', C), and grid: (B, H', W', 2), normalized (x, y), target -> source.

    Example:
        >>> V, grid = SpatialTransformer(output_size=(20, 20))(U, theta)
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
        """Keep the arguments; lists, as JSON has them, become tuples.

        Raises:
            ValueError: If there is no such choice, or the transform has no such argument.
        """
        choose("interpolation", interpolation, INTERPOLATIONS)
        choose("padding", padding, PADDINGS)
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

    def call(self, input_map: Any, theta: Any) -> tuple[Any, Any]:
        """Return V and grid of U (B, H, W, C) and theta (B, num_params).

        Raises:
            ValueError: If a shape or a dtype is not one of these.
        """
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
        self, input_map_shape: Shape, theta_shape: Shape
    ) -> tuple[Shape, Shape]:
        """Return the shapes of V, (B, H', W', C), and grid, (B, H', W', 2)."""
        batch, *input_size, channels = input_map_shape
        size = self.output_size or input_size
        return (batch, *size, channels), (batch, *size, 2)

    def compute_output_spec(
        self, input_map: Any, theta: Any
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Return shapes and dtypes of V and grid, for symbolic tensors.

        Raises:
            ValueError: As in `call`.
        """
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
        """Refuse what is no U or no theta, also before there are numbers."""
        check_map(input_map)
        if None in (input_map.shape[1], input_map.shape[2]):
            raise ValueError(f"U must have a known height and width, got {tuple(input_map.shape)}")
        self._transform.check(theta, ndim=2)
        check_fill(self.padding, self.fill_value, input_map.shape[3])


_sampler = cache(make_sampler)
"""The same object each time: TensorFlow compiles anew for one that it has not met."""


def _grid(transform: Transform, theta: Any, output_size: tuple[int, int], corners: bool) -> Any:
    """Return the grid (B, H', W', 2)."""
    return transform.grid(theta, output_size, align_corners=corners)


def _as_tuples(value: Any) -> Any:
    """Return ``value`` with tuples in the place of lists, at any depth."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list | tuple) else value
