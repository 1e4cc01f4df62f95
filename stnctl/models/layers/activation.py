"""Layer `activation`: an activation function alone."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import ActivationLayer
from stnctl.models.graph import Scope, Tensor
from stnctl.models.operation import Operation, Shape


@dataclass(frozen=True)
class Activate(Operation):
    """Activation function of each value.

    Attributes:
        function: Name of a Keras activation.
    """

    function: str

    needs_inputs = False

    @property
    def base_name(self) -> str:
        """Name of the function."""
        return self.function

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shape of the input."""
        return shapes

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Activation`."""
        from keras import layers

        return layers.Activation(self.function, name=name)


def activate(function: str, x: Tensor, scope: Scope) -> Tensor:
    """Return the activations of x; x itself for the function "linear"."""
    return x if function == "linear" else scope.add(Activate(function), x)


def apply(section: ActivationLayer, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result, in the shape of x."""
    return scope.add(Activate(section.activation), x)
