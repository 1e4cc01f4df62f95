"""The spatial transformer as a Keras layer."""

from typing import Any

import keras

from stnctl.geometry import Transform, make_sampler, make_transform
from stnctl.models.compiled import compiled


@keras.saving.register_keras_serializable("stnctl")
class SpatialTransformer(keras.layers.Layer):
    """Grid generator and sampler (paper, sections 3.2 and 3.3), without weights.

    Args:
        transform: A key of `stnctl.geometry.TRANSFORMS`.
        output_size: (H', W') of V; None for the size of U.
        interpolation: As in `stnctl.geometry.sample`.
        padding: As in `stnctl.geometry.sample`.
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
        output_size: tuple[int, int] | None = None,
        interpolation: str = "bilinear",
        padding: str = "zeros",
        align_corners: bool = True,
        **kwargs: Any,
    ) -> None:
        """Keep the arguments.

        Raises:
            ValueError: If there is no such transform.
        """
        find_transform(transform)
        super().__init__(**kwargs)
        self.transform = transform
        self.output_size = tuple(output_size) if output_size else None
        self.interpolation = interpolation
        self.padding = padding
        self.align_corners = align_corners

    def call(self, input_map: Any, theta: Any) -> tuple[Any, Any]:
        """Return V and grid of U (B, H, W, C) and theta (B, num_params)."""
        input_size = (input_map.shape[1], input_map.shape[2])
        output_size = self.output_size or input_size
        grid = compiled(_grid)(self._transform, theta, output_size, self.align_corners)
        sampler = make_sampler(
            input_size,
            interpolation=self.interpolation,
            padding=self.padding,
            fill_value=self.fill_value,
            align_corners=self.align_corners,
        )
        return sampler(input_map, grid, region=compiled), grid

    def compute_output_shape(
        self, input_map_shape: tuple[int | None, ...], theta_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Return the shapes of V, (B, H', W', C), and grid, (B, H', W', 2)."""
        batch, *input_size, channels = input_map_shape
        size = self.output_size or input_size
        return (batch, *size, channels), (batch, *size, 2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {
            **super().get_config(),
            "transform": self.transform,
            "output_size": self.output_size,
            "interpolation": self.interpolation,
            "padding": self.padding,
            "align_corners": self.align_corners,
        }


def _grid(transform: Transform, theta: Any, output_size: tuple[int, int], corners: bool) -> Any:
    """Return the grid (B, H', W', 2)."""
    return transform.grid(theta, output_size, align_corners=corners)
