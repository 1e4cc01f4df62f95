"""Layer `parallel`: several lists of layers on one input, joined by channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_lists import Parallel
from stnctl.models.graph import Scope, Tensor
from stnctl.models.layers import apply_layers
from stnctl.models.operation import Operation, Shape, ShapeError


@dataclass(frozen=True)
class Join(Operation):
    """Concatenation along the last axis: maps of one size, or vectors."""

    base_name = "join"
    needs_inputs = needs_results = False

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (H, W, sum of C), or (sum of n,)."""
        if len({shape[:-1] for shape in shapes}) > 1:
            listed = " and ".join("x".join(map(str, shape)) for shape in shapes)
            raise ShapeError(f"joined results need maps of one size, or vectors, got {listed}")
        return ((*shapes[0][:-1], sum(shape[-1] for shape in shapes)),)

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Concatenate`."""
        from keras import layers

        return layers.Concatenate(name=name)

    def call(self, layer: Any, tensors: list[Any]) -> Any:
        """Return the concatenation; Keras takes a list."""
        return layer(tensors)


def join(tensors: Sequence[Tensor], scope: Scope) -> Tensor:
    """Return tensors joined by channel; a single tensor as it is."""
    return tensors[0] if len(tensors) == 1 else scope.add(Join(), *tensors)


def apply(section: Parallel, x: Tensor, scope: Scope) -> Tensor:
    """Add the branches to the graph, and return their results, joined by channel."""
    results = [
        apply_layers(branch, x, scope.inside("branches", index))
        for index, branch in enumerate(section.branches)
    ]
    return join(results, scope)
