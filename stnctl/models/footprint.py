"""Numbers of parameters and activations of a network, and its memory. Keras is not loaded."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stnctl.config.choices import OPTIMIZERS
from stnctl.config.distortion_sets import NoDistortion
from stnctl.config.schema import Config, ModelConfig, TrainConfig, TransformerConfig
from stnctl.data.split_view import CHUNK
from stnctl.errors import ConfigError
from stnctl.models.theta import configured_transform

_BYTES = 4
_READS = 16
"""Number of values that the sampler computes for each pixel and channel of V."""

_CURES = {"data": "use smaller images", "data.distortion": "give it a smaller canvas"}

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class NetworkPart:
    """Part of a network, such as one convolution with its pool.

    Attributes:
        key: The section of the configuration that describes the part.
        parameters: Number of parameters.
        activations: Number of activations for one image.
    """

    key: str
    parameters: int
    activations: int


def num_parameters(config: ModelConfig, input_shape: Shape, num_classes: int) -> int:
    """Return the number of parameters of a network.

    Args:
        config: The configuration of the network.
        input_shape: (H, W, C) of U, large enough for the network, see `stnctl.models.sizes`.
        num_classes: Number of logits.
    """
    return sum(part.parameters for part in network_parts(config, input_shape, num_classes))


def training_bytes(config: Config, input_shape: Shape, num_classes: int) -> Counter[str]:
    """Return the approximate memory of a training step, by section of the configuration.

    Args:
        config: The configuration of the network, the batches and the distortion.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.

    Returns:
        Key of a section, such as "model.classifier" -> bytes.
    """
    copies, batch = _copies(config.train), 2 * config.train.batch_size
    parts = network_parts(config.model, input_shape, num_classes)
    taken: Counter[str] = Counter()
    for part in parts:
        taken[part.key] += _BYTES * (part.parameters * copies + part.activations * batch)
    if config.data.distortion not in (NoDistortion(), ()):
        taken["data.distortion"] = _BYTES * _READS * CHUNK * parts[0].activations
    return taken


def state_bytes(config: Config, input_shape: Shape, num_classes: int) -> int:
    """Return the approximate size of a checkpoint in bytes.

    Args:
        config: The configuration of the network and its optimizer.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.
    """
    train = config.train
    copies = 1 + OPTIMIZERS[train.optimizer].num_slots + 2 * (train.ema is not None)
    return _BYTES * copies * num_parameters(config.model, input_shape, num_classes)


def prediction_bytes(
    config: ModelConfig, input_shape: Shape, num_classes: int, batch_size: int
) -> int:
    """Return the approximate memory of the prediction for one batch, in bytes.

    Args:
        config: The configuration of the network.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.
        batch_size: B, the number of images in a batch.
    """
    parts = network_parts(config, input_shape, num_classes)
    return _BYTES * sum(part.parameters + batch_size * part.activations for part in parts)


def check_limits(config: Config, input_shape: Shape, num_classes: int) -> None:
    """Check that a network does not exceed the configured limits.

    Args:
        config: The configuration of the network, the batches, the distortion and the limits.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.

    Raises:
        ConfigError: If the parameters or the memory exceed a limit. The message names the limit,
            the size, and the section of the configuration with the largest share.
    """
    parameters: Counter[str] = Counter()
    for part in network_parts(config.model, input_shape, num_classes):
        parameters[part.key] += part.parameters
    limits = config.limits
    _check("max_parameters", limits.max_parameters, parameters, "the network has {:,} parameters")
    taken = training_bytes(config, input_shape, num_classes)
    _check(
        "max_bytes",
        limits.max_bytes,
        taken,
        "the network needs about {:,} bytes in a training step",
    )


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
        shape = (*(transformer.output_size or shape[:2]), shape[2])
        parts.append(NetworkPart("model.transformer", 0, _READS * math.prod(shape)))
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


def _copies(train: TrainConfig) -> int:
    """Return the number of arrays per weight in a training: weight, gradient, slots, average."""
    return 2 + OPTIMIZERS[train.optimizer].num_slots + (train.ema is not None)


def _check(key: str, limit: int, shares: Counter[str], words: str) -> None:
    """Check that the sum of all sections does not exceed the limit."""
    if (size := shares.total()) <= limit:
        return
    [(section, _)] = shares.most_common(1)
    raise ConfigError(
        f"limits.{key}: {words.format(size)}, the limit is {limit:,}; {section} has most of them",
        hint=f"{_CURES.get(section, f'make {section} smaller')}, or raise the limit: "
        f"--set limits.{key}=N",
    )
