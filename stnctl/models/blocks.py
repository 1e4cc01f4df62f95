"""Convolutions with pooling, for localization network and classifier."""

from typing import Any

from keras import layers


def pooled_convolutions(
    input_map: Any, *, filters: tuple[int, ...], kernel_size: int, activation: str, name: str
) -> Any:
    """Return the features (B, n) of convolutions of a map (B, H, W, C), each with a 2x2 max-pool.

    The pool is before the activation: maximum and monotone functions commute, so the result is the
    same with a quarter of the activations.

    Args:
        input_map: Keras tensor of shape (B, H, W, C).
        filters: Filters of each convolution.
        kernel_size: Side of every kernel, without padding.
        activation: A monotone activation.
        name: Prefix of the layers' names.
    """
    for index, count in enumerate(filters, 1):
        input_map = layers.Conv2D(count, kernel_size, name=f"{name}_conv{index}")(input_map)
        input_map = layers.MaxPooling2D(2, name=f"{name}_pool{index}")(input_map)
        input_map = layers.Activation(activation, name=f"{name}_{activation}{index}")(input_map)
    return layers.Flatten(name=f"{name}_flatten")(input_map)
