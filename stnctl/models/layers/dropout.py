"""Layer `dropout`: values set to zero at random, in training only."""

import random
from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Dropout
from stnctl.models.graph import Scope, Tensor
from stnctl.models.operation import Operation, Shape


@dataclass(frozen=True)
class Dropping(Operation):
    """Dropout of single values.

    Attributes:
        rate: Fraction of the values that is dropped.
    """

    rate: float

    base_name = "dropout"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shape of the input."""
        return shapes

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Dropout` with a seed of its own."""
        from keras import layers

        return layers.Dropout(self.rate, seed=draw_seed(), name=name)


def draw_seed() -> int:
    """Return the seed of a layer, drawn like Keras' default seed, from Python's generator.

    With an explicit seed, a random layer uses a state of its own on PyTorch also; without one,
    Keras would use the global generator of PyTorch there, which no checkpoint contains.
    """
    return random.randint(1, 10**9)  # noqa: S311 - no secret


def apply(section: Dropout, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result, in the shape of x."""
    return scope.add(Dropping(section.rate), x)
