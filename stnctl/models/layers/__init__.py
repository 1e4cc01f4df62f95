"""Layers of a network, one module for each: section of the config -> operations in a graph.

Each module has a function ``apply(section, x, scope)``. It adds the operations of the layer to the
graph, for the input x, and returns the result.
"""

from collections.abc import Callable, Sequence
from typing import Any

from stnctl.config.layer_lists import LAYERS, Layer
from stnctl.models.graph import Scope, Tensor
from stnctl.registry import Registry

Apply = Callable[[Any, Tensor, Scope], Tensor]

APPLY: Registry[Apply] = Registry(
    "layer", {name: f"stnctl.models.layers.{name}:apply" for name in LAYERS}
)
"""Name of a layer -> the function that adds it to a graph."""


def apply_layers(
    layers: Sequence[Layer], x: Tensor, scope: Scope, *, indexed: bool = True
) -> Tensor:
    """Add layers to a graph, and return the result of the last one, or x without layers.

    Args:
        layers: Sections of the layers.
        x: The input.
        scope: The place of the list in the graph.
        indexed: Whether the list is at the path of the scope, so that each layer has a key of its
            own. The layers of a named network have the key of the network.

    Raises:
        ConfigError: If a layer does not fit its input. The problem has the key of the layer.
    """
    for index, section in enumerate(layers):
        x = APPLY[section.layer](section, x, scope.inside(index) if indexed else scope)
    return x
