"""Layer `pool`: maximum or average of blocks of pixels, or the average of each channel."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Pool
from stnctl.models.graph import Scope, Tensor
from stnctl.models.operation import Operation, Shape, ShapeError, need_map


@dataclass(frozen=True)
class Pooling(Operation):
    """Pooling of blocks (H, W, C) -> (H // size, W // size, C). Incomplete blocks are dropped.

    Attributes:
        kind: "max" or "average".
        size: Side of the blocks in pixels.
    """

    kind: str
    size: int

    base_name = "pool"

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (H // size, W // size, C)."""
        height, width, channels = need_map(shapes[0], "a pool")
        if min(height, width) < self.size:
            raise ShapeError(
                f"a pool of {self.size}x{self.size} needs a map of at least "
                f"{self.size}x{self.size}, got {height}x{width}"
            )
        return ((height // self.size, width // self.size, channels),)

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.MaxPooling2D` or `AveragePooling2D`."""
        from keras import layers

        kind = layers.MaxPooling2D if self.kind == "max" else layers.AveragePooling2D
        return kind(self.size, name=name)


@dataclass(frozen=True)
class GlobalAverage(Operation):
    """Average of each channel (H, W, C) -> (C,)."""

    base_name = "global"
    needs_inputs = needs_results = False

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (C,)."""
        return ((need_map(shapes[0], "a global average")[2],),)

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.GlobalAveragePooling2D`."""
        from keras import layers

        return layers.GlobalAveragePooling2D(dtype="float32", name=name)


def average_pool(x: Tensor, size: int, scope: Scope) -> Tensor:
    """Return the average of each block of x with the side ``size``; x itself for size 1."""
    return x if size == 1 else scope.add(Pooling("average", size), x)


def apply(section: Pool, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result, a map, or a vector for `global`."""
    if section.kind == "global":
        return scope.add(GlobalAverage(), x)
    return scope.add(Pooling(section.kind, section.size), x)
