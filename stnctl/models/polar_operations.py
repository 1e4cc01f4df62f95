"""Operations of the polar localization network (arXiv:1901.11399)."""

from dataclasses import dataclass
from typing import Any

from stnctl.models.operation import Operation, Shape, ShapeError, need_map


@dataclass(frozen=True)
class LogPolarMap(Operation):
    """Log-polar map of a map: (H, W, C) -> (angles, radii, C).

    Attributes:
        angles: Number of angles, over the full circle.
        radii: Number of radii, in geometric steps from one pixel to the edge.
    """

    angles: int
    radii: int

    base_name = "log_polar"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (angles, radii, C)."""
        height, width, channels = need_map(shapes[0], "a log-polar map")
        if min(height, width) < 4:
            raise ShapeError(f"a log-polar map needs a map of at least 4x4, got {height}x{width}")
        return ((self.angles, self.radii, channels),)

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.keras_layers.polar.LogPolar`."""
        from stnctl.models.keras_layers.polar import LogPolar

        return LogPolar(angles=self.angles, radii=self.radii, name=name)


@dataclass(frozen=True)
class CyclicPadding(Operation):
    """Padding of a polar map: cyclic along the angles, zeros along the radii.

    Attributes:
        width: Number of rows or columns at each side.
    """

    width: int

    base_name = "cyclic"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (angles + 2 width, radii + 2 width, C)."""
        angles, radii, channels = shapes[0]
        return ((angles + 2 * self.width, radii + 2 * self.width, channels),)

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.keras_layers.polar.CyclicPad`."""
        from stnctl.models.keras_layers.polar import CyclicPad

        return CyclicPad(width=self.width, name=name)


@dataclass(frozen=True)
class Centroid(Operation):
    """Circular centroid of a heat map: (angles, radii, 1) -> (2,), a vector (cos, sin)."""

    base_name = "centroid"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (2,)."""
        return ((2,),)

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.keras_layers.polar.CircularCentroid`."""
        from stnctl.models.keras_layers.polar import CircularCentroid

        return CircularCentroid(dtype="float32", name=name)
