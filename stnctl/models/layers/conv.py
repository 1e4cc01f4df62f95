"""Layer `conv`: a convolution, with an optional batch normalization, and an activation."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.layer_sections import Conv
from stnctl.models.graph import Scope, Tensor
from stnctl.models.layers.activation import activate
from stnctl.models.layers.batch_norm import normalize
from stnctl.models.operation import Operation, Shape, ShapeError, need_map


@dataclass(frozen=True)
class Convolution(Operation):
    """Convolution (H, W, C) -> (H', W', filters).

    Attributes:
        filters: Number of filters.
        kernel_size: Side of the kernel in pixels.
        stride: Distance of neighboring positions in pixels.
        padding: "valid" or "same", as Keras defines them.
        bias: Whether each channel has a bias.
    """

    filters: int
    kernel_size: int
    stride: int = 1
    padding: str = "valid"
    bias: bool = True

    base_name = "conv"
    needs_results = False

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Return (H', W', filters)."""
        height, width, _ = need_map(shapes[0], "a convolution")
        side = self.kernel_size
        if self.padding == "valid" and min(height, width) < side:
            raise ShapeError(
                f"a convolution of {side}x{side} needs a map of at least {side}x{side}, got "
                f"{height}x{width}"
            )
        lost = side - 1 if self.padding == "valid" else 0
        size = [(length - lost - 1) // self.stride + 1 for length in (height, width)]
        return ((*size, self.filters),)

    def trainable(self, *shapes: Shape) -> int:
        """Return the number of weights of all kernels, and of biases."""
        return (self.kernel_size**2 * shapes[0][2] + self.bias) * self.filters

    def multiply_adds(self, *shapes: Shape) -> int:
        """Return the number of weights for each pixel of the result."""
        [(height, width, _)] = self.output_shapes(*shapes)
        return height * width * self.kernel_size**2 * shapes[0][2] * self.filters

    def keras_layer(self, name: str) -> Any:
        """Return a `keras.layers.Conv2D`."""
        from keras import layers

        return layers.Conv2D(
            self.filters,
            self.kernel_size,
            strides=self.stride,
            padding=self.padding,
            use_bias=self.bias,
            name=name,
        )


def apply(section: Conv, x: Tensor, scope: Scope) -> Tensor:
    """Add the layer to the graph, and return its result (H', W', filters)."""
    convolution = Convolution(
        section.filters, section.kernel_size, section.stride, section.padding, section.bias
    )
    x = scope.add(convolution, x)
    if section.batch_norm:
        x = normalize(x, scope)
    return activate(section.activation, x, scope)
