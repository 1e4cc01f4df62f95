"""How large a network is. Arithmetic only, so that it is known before Keras loads."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from stnctl.config.schema import Config, ModelConfig, TrainConfig, TransformerConfig
from stnctl.errors import ConfigError
from stnctl.models.theta import transform_of

_BYTES = 4
_SLOTS = {"adam": 2, "sgd": 0}
_READS = 16
"""Numbers that the sampler handles for each pixel and channel of V: taps, weights, points."""

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Part:
    """A part of a network.

    Attributes:
        key: The section of the configuration that describes it.
        parameters: Numbers that it learns.
        values: Numbers that it makes of one image.
    """

    key: str
    parameters: int
    values: int


def num_parameters(config: ModelConfig, input_shape: Shape, num_classes: int) -> int:
    """Return how many numbers a network learns.

    Args:
        config: The network.
        input_shape: (H, W, C) of U, which the network fits: see `stnctl.models.sizes`.
        num_classes: Number of logits.
    """
    return sum(part.parameters for part in parts_of(config, input_shape, num_classes))


def training_bytes(config: Config, input_shape: Shape, num_classes: int) -> int:
    """Return about how much memory a training step takes. Arguments as in `num_parameters`."""
    parts = parts_of(config.model, input_shape, num_classes)
    parameters = sum(part.parameters for part in parts) * _copies(config.train)
    values = 2 * config.train.batch_size * sum(part.values for part in parts)
    return _BYTES * (parameters + values)


def prediction_bytes(
    config: ModelConfig, input_shape: Shape, num_classes: int, batch_size: int
) -> int:
    """Return about how much memory a prediction takes. Arguments as in `num_parameters`."""
    parts = parts_of(config, input_shape, num_classes)
    return _BYTES * sum(part.parameters + batch_size * part.values for part in parts)


def check_limits(config: Config, input_shape: Shape, num_classes: int) -> None:
    """Refuse a network that is larger than the configuration's own limits.

    Raises:
        ConfigError: Naming the limit, the size, and the section that has most of it.
    """
    parts = parts_of(config.model, input_shape, num_classes)
    size = sum(part.parameters for part in parts)
    if size > (limit := config.limits.max_parameters):
        largest = max(parts, key=lambda part: part.parameters)
        raise _too_large("max_parameters", limit, f"{size:,} parameters", largest)
    size = training_bytes(config, input_shape, num_classes)
    if size > (limit := config.limits.max_bytes):
        largest = max(parts, key=lambda part: part.values)
        raise _too_large("max_bytes", limit, f"about {size:,} bytes in a training step", largest)


def parts_of(config: ModelConfig, input_shape: Shape, num_classes: int) -> list[Part]:
    """Return the parts of a network, in their order. Arguments as in `num_parameters`."""
    shape = input_shape
    parts = [Part("data", 0, math.prod(shape))]
    if transformer := config.transformer:
        parts += _localization(transformer, shape)
        shape = (*(transformer.output_size or shape[:2]), shape[2])
        parts.append(Part("model.transformer", 0, _READS * math.prod(shape)))
    net, key = config.classifier, "model.classifier"
    *convolutions, features = _convolutions(key, net.filters, net.kernel_size, shape)
    return [
        *parts,
        *convolutions,
        _dense(key, features.values, net.units),
        _dense(key, net.units, num_classes),
    ]


def _localization(config: TransformerConfig, shape: Shape) -> Iterator[Part]:
    net, key = config.localization, "model.transformer.localization"
    *convolutions, features = _convolutions(key, net.filters, net.kernel_size, shape)
    yield from convolutions
    width = features.values
    if net.bottleneck:
        yield _dense(key, width, net.bottleneck.units)
        width = net.bottleneck.units
    yield _dense(key, width, transform_of(config).num_params)


def _convolutions(
    key: str, filters: tuple[int, ...], kernel_size: int, shape: Shape
) -> Iterator[Part]:
    """Yield the convolutions, each with its pool, and at last what they leave, flat."""
    height, width, channels = shape
    for count in filters:
        height, width = height - kernel_size + 1, width - kernel_size + 1
        values = height * width * count
        yield Part(key, (kernel_size**2 * channels + 1) * count, values + values // 2)
        height, width, channels = height // 2, width // 2, count
    yield Part(key, 0, height * width * channels)


def _dense(key: str, num_inputs: int, units: int) -> Part:
    return Part(key, (num_inputs + 1) * units, units)


def _copies(train: TrainConfig) -> int:
    """Return how often a training holds the weights: gradients, slots, and an average too."""
    return 2 + _SLOTS[train.optimizer] + (train.ema is not None)


def _too_large(key: str, limit: int, size: str, largest: Part) -> ConfigError:
    return ConfigError(
        f"limits.{key}: the network has {size}, the limit is {limit:,}; {largest.key} has most of "
        "them",
        hint=f"make {largest.key} smaller, or raise the limit: --set limits.{key}=N",
    )
