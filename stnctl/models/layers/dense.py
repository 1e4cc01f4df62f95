"""Layer `dense`: a fully connected layer."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Dense
from stnctl.models.graph import Scope, Tensor
from stnctl.models.layers.flatten import flatten
from stnctl.models.operation import Operation, Shape


@dataclass(frozen=True)
class FullyConnected(Operation):
    """Dense layer (n,) -> (units,).

    Attributes:
        units: Number of units.
        activation: Name of a Keras activation.
        activity_l2: Weight of the L2 penalty on the outputs.
    """

    units: int
    activation: str = "linear"
    activity_l2: float = 0.0

    base_name = "dense"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (units,)."""
        return ((self.units,),)

    def trainable(self, *shapes: Shape) -> int:
        """Return the number of weights and biases."""
        return (shapes[0][0] + 1) * self.units

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return the number of weights."""
        return shapes[0][0] * self.units

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Dense`."""
        from keras import layers, regularizers

        penalty = regularizers.L2(self.activity_l2) if self.activity_l2 else None
        return layers.Dense(
            self.units, activation=self.activation, activity_regularizer=penalty, name=name
        )


def apply(section: Dense, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result (units,). A map is flattened first."""
    dense = FullyConnected(section.units, section.activation, section.activity_l2)
    return scope.add(dense, flatten(x, scope))
