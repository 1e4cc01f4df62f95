"""Numbers of parameters and activations of the parts of a network. Keras is not loaded."""

import math
from collections.abc import Iterator

from stnctl.config.schema import ModelConfig, TransformerConfig
from stnctl.models.network_part import NetworkPart, Shape
from stnctl.models.sampler_footprint import sampler_part
from stnctl.models.theta import configured_transform


def num_parameters(config: ModelConfig, input_shape: Shape, num_classes: int) -> int:
    """Return the number of parameters of a network.

    Args:
        config: The configuration of the network.
        input_shape: (H, W, C) of U, large enough for the network, see `stnctl.models.sizes`.
        num_classes: Number of logits.
    """
    return sum(part.parameters for part in network_parts(config, input_shape, num_classes))


def network_parts(config: ModelConfig, input_shape: Shape, num_classes: int) -> list[NetworkPart]:
    """Return the parts of a network, in the order of their execution. The first part is U.

    Args:
        config: The configuration of the network.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.
    """
    shape = input_shape
    parts = [NetworkPart("data", 0, math.prod(shape))]
    if transformer := config.transformer:
        parts += _localization(transformer, shape)
        parts.append(sampler_part(transformer, shape))
        shape = (*(transformer.output_size or shape[:2]), shape[2])
    net, key = config.classifier, "model.classifier"
    *convolutions, features = _convolutions(key, net.filters, net.kernel_size, shape)
    return [
        *parts,
        *convolutions,
        _dense(key, features.activations, net.units),
        _dense(key, net.units, num_classes),
    ]


def _localization(config: TransformerConfig, shape: Shape) -> Iterator[NetworkPart]:
    net, key = config.localization, "model.transformer.localization"
    *convolutions, features = _convolutions(key, net.filters, net.kernel_size, shape)
    yield from convolutions
    width = features.activations
    if net.bottleneck:
        yield _dense(key, width, net.bottleneck.units)
        width = net.bottleneck.units
    yield _dense(key, width, configured_transform(config).num_params)


def _convolutions(
    key: str, filters: tuple[int, ...], kernel_size: int, shape: Shape
) -> Iterator[NetworkPart]:
    """Yield the convolutions, each with its pool, and last the flattened features."""
    height, width, channels = shape
    for count in filters:
        height, width = height - kernel_size + 1, width - kernel_size + 1
        num = height * width * count
        yield NetworkPart(key, (kernel_size**2 * channels + 1) * count, num + num // 2)
        height, width, channels = height // 2, width // 2, count
    yield NetworkPart(key, 0, height * width * channels)


def _dense(key: str, num_inputs: int, units: int) -> NetworkPart:
    return NetworkPart(key, (num_inputs + 1) * units, units)
