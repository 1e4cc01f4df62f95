"""What localization network and classifier have in common."""

from typing import Any

from keras import layers


def pooled_convolutions(
    input_map: Any, *, filters: tuple[int, ...], kernel_size: int, activation: str, name: str
) -> Any:
    """Return a map (B, H, W, C) after convolutions, each with a 2x2 max-pool, as (B, features).

    The pool stands before the activation: maximum and monotone functions commute, so the result
    is the same for a quarter of the activations.

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
