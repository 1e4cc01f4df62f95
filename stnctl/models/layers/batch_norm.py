"""Layer `batch_norm`: batch normalization of each channel or unit."""

import math
from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import BatchNorm
from stnctl.models.graph import Scope, Tensor
from stnctl.models.operation import Operation, Shape

MOMENTUM = 0.9
"""Momentum of the moving averages. They follow in tens of steps, so a short training suffices."""


@dataclass(frozen=True)
class Normalization(Operation):
    """Batch normalization of the last axis."""

    base_name = "norm"
    needs_results = False

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shape of the input."""
        return shapes

    def trainable(self, *shapes: Shape) -> int:
        """Return the number of scales and offsets."""
        return 2 * shapes[0][-1]

    def statistics(self, *shapes: Shape) -> int:
        """Return the number of moving means and variances."""
        return 2 * shapes[0][-1]

    def step_scratch(self, *shapes: Shape) -> int:
        """Return the number of normalized values, which the gradient computes again."""
        return math.prod(shapes[0])

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.BatchNormalization`."""
        from keras import layers

        return layers.BatchNormalization(momentum=MOMENTUM, name=name)

    def call_in_parts(self, layer: Any, parts: list[list[Any]]) -> list[Any]:
        """Return the parts, normalized by the statistics of the whole batch."""
        from stnctl.models.keras_layers.joint_norm import JointNorm

        if len(parts) == 1:
            return super().call_in_parts(layer, parts)
        results: list[Any] = JointNorm(layer)([x for (x,) in parts])
        return results


def normalize(x: Tensor, scope: Scope) -> Tensor:
    """Return x after a batch normalization."""
    return scope.add(Normalization(), x)


def apply(section: BatchNorm, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result, in the shape of x."""
    return normalize(x, scope)
