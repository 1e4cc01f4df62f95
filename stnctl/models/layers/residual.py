"""Layer `residual`: layers whose result is added to their input (arXiv:1512.03385)."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_lists import Residual
from stnctl.models.graph import Scope, Tensor
from stnctl.models.layers import apply_layers
from stnctl.models.layers.conv import Convolution
from stnctl.models.operation import Operation, Shape, ShapeError


@dataclass(frozen=True)
class Sum(Operation):
    """Sum of two tensors of one shape."""

    base_name = "sum"
    needs_inputs = needs_results = False

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shape of both inputs."""
        first, second = shapes
        if first != second:
            given, found = ("x".join(map(str, shape)) for shape in shapes)
            raise ShapeError(
                f"the layers of a residual block must keep the shape {given}, got {found}; use "
                "`padding: same`"
            )
        return (first,)

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Add`."""
        from keras import layers

        return layers.Add(name=name)

    def call(self, layer: Any, tensors: list[Any]) -> Any:
        """Return the sum; Keras takes a list."""
        return layer(tensors)


def apply(section: Residual, x: Tensor, scope: Scope) -> Tensor:
    """Add the layers and the sum to the graph, and return the sum."""
    result = apply_layers(section.layers, x, scope.inside("layers"))
    if x.is_map and x.shape[:-1] == result.shape[:-1] and x.shape != result.shape:
        x = scope.add(Convolution(result.shape[-1], 1), x)
    return scope.add(Sum(), x, result)
