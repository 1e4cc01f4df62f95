"""Operations: the nodes of a traced network. Each one becomes a Keras layer."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import keras

Shape = tuple[int, ...]
"""Shape for one image: (H, W, C) of a map, or (n,) of a vector."""


class Operation(ABC):
    """Operation on one or more tensors, described without Keras. A subclass is a frozen dataclass.

    Attributes:
        base_name: Name of its Keras layers, without the prefix and the number.
        needs_inputs: Whether the gradient of the operation needs the values of its inputs.
        needs_results: Whether the gradient of the operation needs the values of its results.
    """

    needs_inputs: ClassVar[bool] = True
    needs_results: ClassVar[bool] = True

    @property
    @abstractmethod
    def base_name(self) -> str:
        """Name of its Keras layers, without the prefix and the number."""

    @abstractmethod
    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return the shapes of the results for inputs of ``shapes``.

        Raises:
            ShapeError: If the shapes do not fit the operation.
        """

    @abstractmethod
    def keras_layer(self, name: str) -> "keras.layers.Layer":
        """Return a new Keras layer with a name. Keras is imported by this call."""

    def call(self, layer: "keras.layers.Layer", tensors: list[Any]) -> Any:
        """Return the results of a layer from `keras_layer` for tensors (B, *shape)."""
        return layer(*tensors)

    def call_in_parts(self, layer: "keras.layers.Layer", parts: list[list[Any]]) -> list[Any]:
        """Return the results of a layer for each part of a batch, in a training.

        Args:
            layer: A layer from `keras_layer`.
            parts: The tensors of each part, (B / number of parts, *shape).
        """
        return [self.call(layer, tensors) for tensors in parts]

    def trainable(self, *shapes: Shape) -> int:
        """Return the number of trained parameters."""
        return 0

    def statistics(self, *shapes: Shape) -> int:
        """Return the number of parameters that are not trained, such as moving averages."""
        return 0

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return the number of multiplications with a parameter for one image."""
        return 0

    def activations(self, *shapes: Shape) -> int:
        """Return the number of values of the results for one image."""
        return sum(map(math.prod, self.output_shapes(*shapes)))

    def scratch(self, *shapes: Shape) -> int:
        """Return the number of values that exist only during the operation, for one image."""
        return 0

    def step_scratch(self, *shapes: Shape) -> int:
        """Return the number of further such values in a training step, for one image."""
        return 0

    def constants(self, *shapes: Shape) -> int:
        """Return the number of values for all images together."""
        return 0


@dataclass(frozen=True)
class DenseOperation(Operation):
    """Dense layer (n,) -> (units,), with a bias.

    Attributes:
        units: Number of units.
    """

    units: int

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (units,)."""
        return ((self.units,),)

    def trainable(self, *shapes: Shape) -> int:
        """Return the number of weights and biases."""
        return (shapes[0][0] + 1) * self.units

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return the number of weights."""
        return shapes[0][0] * self.units


class ShapeError(ValueError):
    """Shapes that do not fit an operation. The message names the shapes and the expectation."""


def need_map(shape: Shape, noun: str) -> tuple[int, int, int]:
    """Return the shape (H, W, C) of a map.

    Args:
        shape: Any shape.
        noun: The operation, for the message.

    Raises:
        ShapeError: If the shape is that of a vector.
    """
    if len(shape) != 3:
        raise ShapeError(f"{noun} needs a map, got a vector of {shape[0]:,} values")
    height, width, channels = shape
    return height, width, channels
