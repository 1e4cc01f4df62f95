"""Layer `dense`: a fully connected layer."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Dense
from stnctl.models.graph import Scope, Tensor
from stnctl.models.layers.flatten import flatten
from stnctl.models.operation import DenseOperation


@dataclass(frozen=True)
class FullyConnected(DenseOperation):
    """Dense layer (n,) -> (units,) of the network.

    Attributes:
        activation: Name of a Keras activation.
        activity_l2: Weight of the L2 penalty on the outputs.
    """

    activation: str = "linear"
    activity_l2: float = 0.0

    base_name = "dense"

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Dense`."""
        from keras import layers, regularizers

        penalty = regularizers.L2(self.activity_l2) if self.activity_l2 else None
        return layers.Dense(
            self.units,
            activation=self.activation,
            activity_regularizer=penalty,
            dtype="float32",
            name=name,
        )


def apply(section: Dense, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result (units,). A map is flattened first."""
    dense = FullyConnected(section.units, section.activation, section.activity_l2)
    return scope.add(dense, flatten(x, scope))
