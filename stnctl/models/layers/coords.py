"""Layer `coords`: two more channels with the coordinates of each pixel (arXiv:1807.03247)."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Coords
from stnctl.models.graph import Scope, Tensor
from stnctl.models.operation import Operation, Shape, need_map


@dataclass(frozen=True)
class CoordinateChannels(Operation):
    """Map with its coordinates (H, W, C) -> (H, W, C + 2)."""

    base_name = "coords"
    needs_inputs = needs_results = False

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (H, W, C + 2)."""
        height, width, channels = need_map(shapes[0], "coords")
        return ((height, width, channels + 2),)

    def keras_layer(self, name: str) -> Any:
        """Return a `stnctl.models.keras_layers.coordinates.Coordinates`."""
        from stnctl.models.keras_layers.coordinates import Coordinates

        return Coordinates(name=name)


def apply(section: Coords, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result (H, W, C + 2)."""
    return scope.add(CoordinateChannels(), x)
