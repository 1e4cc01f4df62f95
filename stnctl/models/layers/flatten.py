"""Layer `flatten`: all values of a map as a vector."""

import math
from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Flatten
from stnctl.models.graph import Scope, Tensor
from stnctl.models.operation import Operation, Shape


@dataclass(frozen=True)
class Flattening(Operation):
    """Flattening (H, W, C) -> (H W C,)."""

    base_name = "flatten"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (H W C,)."""
        return ((math.prod(shapes[0]),),)

    def activations(self, *shapes: Shape) -> int:
        """Return 0: the result is the input in another shape."""
        return 0

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Flatten`."""
        from keras import layers

        return layers.Flatten(name=name)


def flatten(x: Tensor, scope: Scope) -> Tensor:
    """Return x as a vector."""
    return scope.add(Flattening(), x) if x.is_map else x


def apply(section: Flatten, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result, a vector."""
    return flatten(x, scope)
