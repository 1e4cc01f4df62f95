"""Spatial transformer as a Keras layer."""

from functools import cache
from typing import Any

import keras

from stnctl.geometry.argument_checks import check_fill, check_map, whole_pair
from stnctl.geometry.namespace import dtype_name
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS
from stnctl.geometry.sampler import make_sampler
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.geometry.transforms.make import make_transform
from stnctl.geometry.transforms.transform import Transform
from stnctl.models.compiled import compiled

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable("stnctl")
class SpatialTransformer(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Keras layer of the grid generator and the sampler (paper, sections 3.2 and 3.3).

    The layer has no weights, and does not cast its inputs to its own dtype. V has the dtype of U.
    The grid has the dtype of theta, but at least float32: so half precision shifts the sampled
    points by no more than the rounding of theta itself.

    Args:
        transform: A key of `stnctl.geometry.TRANSFORMS`.
        constraints: Fixed entries of the matrix of "affine", as two rows of three. A number fixes
            an entry, None leaves it free.
        control_points: Numbers of rows and columns of the control points of "thin_plate_spline".
        output_size: (H', W') of V, default the size of U.
        interpolation: A key of `stnctl.geometry.INTERPOLATIONS`.
        padding: A key of `stnctl.geometry.PADDINGS`.
        fill_value: Value outside U for the padding "value": one number, or one for each channel.
        align_corners: Whether -1 and 1 are the centers of the corner pixels. If not, they are the
            outer edges of these pixels.
        **kwargs: Arguments of `keras.layers.Layer`, such as ``name``.

    Input shape:
        U (B, H, W, C) and theta (B, num_params), as two arguments or as the list [U, theta].

    Output shape:
        V (B, H', W', C) and grid (B, H', W', 2). The grid has the source point (x, y) in U of each
        pixel of V, in normalized coordinates.

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
        """Store the arguments. Lists become tuples, since Keras saves arguments as JSON.

        Raises:
            ValueError: If a name is unknown, the transform does not have a given option, or
                ``output_size`` is not two whole numbers.
        """
        INTERPOLATIONS.check(interpolation)
        PADDINGS.check(padding)
        super().__init__(autocast=False, **kwargs)
        self.transform = transform
        self.constraints = _as_tuples(constraints)
        self.control_points = _as_tuples(control_points)
        self.output_size = None
        if output_size is not None:
            self.output_size = whole_pair("output_size", output_size, 1)
        self.interpolation = interpolation
        self.padding = padding
        self.fill_value = _as_tuples(fill_value)
        self.align_corners = align_corners
        self._transform = make_transform(
            transform, constraints=self.constraints, control_points=self.control_points
        )

    def call(self, input_map: Any, theta: Any = None) -> tuple[Any, Any]:
        """Warp U by theta; return V (B, H', W', C) and the grid (B, H', W', 2).

        Args:
            input_map: U (B, H, W, C), or the list [U, theta].
            theta: (B, num_params); None if ``input_map`` is the list.

        Raises:
            ValueError: If theta is missing, if the shape or dtype of U or theta is not valid, or if
                ``fill_value`` is not finite or does not fit the channels of U.
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
        """Return the shapes of V, (B, H', W', C), and of the grid, (B, H', W', 2).

        Args:
            input_map_shape: (B, H, W, C), or the list of the shapes of U and theta.
            theta_shape: (B, num_params); None if ``input_map_shape`` is the list.
        """
        input_map_shape, _ = _pair(input_map_shape, theta_shape)
        batch, *input_size, channels = input_map_shape
        size = self.output_size or input_size
        return (batch, *size, channels), (batch, *size, 2)

    def compute_output_spec(
        self, input_map: Any, theta: Any = None
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Return V (B, H', W', C) and the grid (B, H', W', 2) as symbolic tensors.

        Args:
            input_map: Symbolic U (B, H, W, C), or the list [U, theta].
            theta: Symbolic theta (B, num_params); None if ``input_map`` is the list.

        Raises:
            ValueError: As in `call`.
        """
        input_map, theta = _pair(input_map, theta)
        self._check(input_map, theta)
        V, grid = self.compute_output_shape(input_map.shape, theta.shape)
        points = keras.backend.result_type(theta.dtype, "float32")
        return keras.KerasTensor(V, input_map.dtype), keras.KerasTensor(grid, points)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer, with which Keras can create it again."""
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
        check_fill(self.padding, self.fill_value, input_map.shape[3], dtype_name(input_map))


_sampler = cache(make_sampler)
"""`make_sampler` with a cache. TensorFlow would compile a function again for each new sampler."""


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
