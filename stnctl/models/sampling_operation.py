"""Operation of the grid generator and the sampler, with its numbers of values for one image."""

import math
from dataclasses import dataclass, fields
from typing import Any

from stnctl.config.layer_lists import TransformerConfig
from stnctl.geometry.interpolation import area, spline
from stnctl.geometry.transforms.constraints import Constraints
from stnctl.geometry.transforms.make import make_transform
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.geometry.transforms.transform import Transform
from stnctl.models.operation import Operation, Shape, need_map

SPLINE_COPIES = 36
"""Number of arrays with a value for each pixel and control point, while a spline is prepared."""

_TAP_VALUES = {"bicubic": 2, "quadratic": 2, "cubic": 2, "area": 36}
"""Values for the taps of each pixel of V that are not fused; other interpolations have none."""

_FORWARD_SHARE = 1 / 4
"""Share of the values for taps that a prediction needs, which has no gradients."""


@dataclass(frozen=True)
class Sampling(Operation):
    """Grid generator and sampler: U (H, W, C) and theta -> V (H', W', C) and grid (H', W', 2).

    The attributes are the arguments of `stnctl.models.spatial_transformer.SpatialTransformer`.
    """

    transform: str
    constraints: Constraints | None
    control_points: tuple[int, int] | None
    output_size: tuple[int, int] | None
    interpolation: str
    padding: str
    fill_value: float
    align_corners: bool

    base_name = "spatial_transformer"

    @classmethod
    def configured(cls, config: TransformerConfig) -> "Sampling":
        """Return the operation of a configured transformer."""
        return cls(**{each.name: getattr(config, each.name) for each in fields(cls)})

    @property
    def family(self) -> Transform:
        """The transform with its options."""
        return make_transform(
            self.transform, constraints=self.constraints, control_points=self.control_points
        )

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shapes of V and of the grid."""
        height, width, channels = need_map(shapes[0], "a transformer")
        size = self.output_size or (height, width)
        return (*size, channels), (*size, 2)

    def keras_layer(self, name: str) -> Any:
        """Return a `SpatialTransformer`."""
        from stnctl.models.spatial_transformer import SpatialTransformer

        return SpatialTransformer(
            **{each.name: getattr(self, each.name) for each in fields(self)}, name=name
        )

    def scratch(self, *shapes: Shape) -> int:
        """Return the number of values of the prefiltered U, and for taps in a prediction."""
        return self._prefiltered(shapes[0]) * shapes[0][2] + round(
            _FORWARD_SHARE * self._taps(shapes)
        )

    def step_scratch(self, *shapes: Shape) -> int:
        """Return the number of further values for taps in a training step."""
        taps = self._taps(shapes)
        return taps - round(_FORWARD_SHARE * taps)

    def constants(self, *shapes: Shape) -> int:
        """Return the number of values of the prepared spline."""
        family = self.family
        points = math.prod(family.control_points) if isinstance(family, ThinPlateSpline) else 0
        return SPLINE_COPIES * self._pixels(shapes) * points

    def _pixels(self, shapes: tuple[Shape, ...]) -> int:
        return math.prod(self.output_shapes(*shapes)[0][:2])

    def _taps(self, shapes: tuple[Shape, ...]) -> int:
        return self._pixels(shapes) * _TAP_VALUES.get(self.interpolation, 0)

    def _prefiltered(self, shape: Shape) -> int:
        """Return the number of values for each channel while U is prefiltered."""
        height, width, _ = shape
        if self.interpolation == "area":
            rows, columns = (sum(area.level_sizes(size)) for size in (height, width))
            return rows * width + rows * columns
        if self.interpolation in ("quadratic", "cubic"):
            margin = 0 if self.padding == "reflection" else spline.MARGIN
            extended = (height + 2 * margin) * (width + 2 * (margin + spline.REACH))
            return (2 * len(spline.SHIFTS) + 1) * extended
        return 0
