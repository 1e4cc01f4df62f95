"""Convolutions with pooling, shared by the localization network and the classifier."""

from typing import Any

from keras import layers


def pooled_convolutions(
    input_map: Any, *, filters: tuple[int, ...], kernel_size: int, activation: str, name: str
) -> Any:
    """Apply convolutions, each with a 2x2 max-pool and an activation, and flatten the result.

    The pool comes before the activation. A maximum commutes with an increasing function, so the
    result is the same, and the activation is computed for only a quarter of the values.

    Args:
        input_map: Keras tensor (B, H, W, C).
        filters: Number of filters of each convolution.
        kernel_size: Side of all kernels. The convolutions have no padding.
        activation: Name of a monotonically increasing Keras activation.
        name: Prefix of the layers' names.

    Returns:
        Features (B, n).
    """
    for index, num_filters in enumerate(filters, 1):
        input_map = layers.Conv2D(num_filters, kernel_size, name=f"{name}_conv{index}")(input_map)
        input_map = layers.MaxPooling2D(2, name=f"{name}_pool{index}")(input_map)
        input_map = layers.Activation(activation, name=f"{name}_{activation}{index}")(input_map)
    return layers.Flatten(name=f"{name}_flatten")(input_map)
