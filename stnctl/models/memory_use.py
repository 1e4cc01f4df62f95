"""Approximate memory of a training and of a prediction. Keras is not loaded.

The estimate counts the arrays that exist at the same time. `benchmarks/memory.py` compares it with
the memory of real trainings. It leaves out the libraries and compiled functions, about 0.5 to 1 GB,
and the data set itself.
"""

import math
from collections import Counter
from collections.abc import Iterable

from stnctl.config.distortion_steps import Elastic
from stnctl.config.schema import Config, ModelConfig
from stnctl.config.train_section import TrainConfig
from stnctl.data.batches import prediction_batch_size
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.split_view import CHUNK
from stnctl.models.footprint import network_parts
from stnctl.models.network_part import NetworkPart, Shape
from stnctl.models.sampler_footprint import SPLINE_COPIES

_BYTES = 4
_STATE_COPIES = 2
"""Copies of the training state while a checkpoint is saved: its arrays, and its file."""

_INITIAL_COPIES = 2.25
"""Temporary arrays for each value of the largest weight array, while a network is built."""


def training_bytes(config: Config, input_shape: Shape, num_classes: int) -> Counter[str]:
    """Return the approximate memory of a training, by section of the configuration.

    The peak is the largest of three: a training step, the rendering of distorted images, and the
    prediction for a batch of validation images. The weights exist all the time, and the copies of
    a checkpoint come on top, because the backend keeps freed memory.

    Args:
        config: The configuration of the network, the batches and the distortion.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.

    Returns:
        Key of a section, such as "model.classifier" -> bytes.
    """
    parts = network_parts(config.model, input_shape, num_classes)
    phases = (
        _step_values(parts, config.train.batch_size),
        _rendered_values(config, input_shape),
        _predicted_values(parts, prediction_batch_size(input_shape)),
    )
    values = max(phases, key=Counter.total) + _weight_values(parts, config.train)
    for part in parts:
        values[part.key] += part.constants
    return Counter({key: _BYTES * count for key, count in values.items()})


def state_bytes(config: Config, input_shape: Shape, num_classes: int) -> Counter[str]:
    """Return the approximate size of a checkpoint in bytes, by section of the configuration.

    Args:
        config: The configuration of the network and its optimizer.
        input_shape: (H, W, C) of U.
        num_classes: Number of logits.
    """
    copies = _state_copies(config.train)
    sizes: Counter[str] = Counter()
    for part in network_parts(config.model, input_shape, num_classes):
        sizes[part.key] += _BYTES * copies * part.parameters
    return sizes


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
    values = _predicted_values(parts, batch_size).total()
    initial = round(_INITIAL_COPIES * max(part.parameters for part in parts))
    return _BYTES * (values + initial + sum(part.parameters + part.constants for part in parts))


def _step_values(parts: list[NetworkPart], batch_size: int) -> Counter[str]:
    """Return the values for the images of a training step.

    They are all activations, and the gradients and the scratch of one part at a time.
    """
    values: Counter[str] = Counter()
    for part in parts:
        values[part.key] += batch_size * part.activations
    layers = parts[1:]  # U has no gradient
    largest = max(layers, key=lambda part: part.activations + part.scratch + part.step_scratch)
    own = largest.activations + largest.scratch + largest.step_scratch
    values[largest.key] += batch_size * own
    values["data"] += parts[0].activations * max(3 * batch_size, 2 * CHUNK)
    return values


def _predicted_values(parts: list[NetworkPart], batch_size: int) -> Counter[str]:
    """Return the values for the images of a prediction, which keeps one part at a time.

    A convolution and its sum with the bias exist together: 4/3 of its activations.
    """
    own = {part: round(part.activations * 4 / 3) + part.scratch for part in parts[1:]}
    largest = max(own, key=lambda part: own[part])
    values = Counter({largest.key: batch_size * own[largest]})
    values["data"] += 2 * batch_size * parts[0].activations
    return values


def _rendered_values(config: Config, input_shape: Shape) -> Counter[str]:
    """Return the values while `CHUNK` images are distorted.

    They are V, its copy for NumPy and the grid. A spline has a grid of its own, and its weights.
    """
    spec = distortion_spec(config.data.distortion)
    if spec.is_plain:
        return Counter()
    pixels = math.prod(input_shape[:2])
    points = [math.prod(step.control_points) for step in spec.steps if isinstance(step, Elastic)]
    for_images = CHUNK * (2 * input_shape[2] + 3 + 2 * len(points))
    return Counter({"data.distortion": pixels * (for_images + SPLINE_COPIES * sum(points))})


def _weight_values(parts: Iterable[NetworkPart], train: TrainConfig) -> Counter[str]:
    """Return the values for the weights: weight, gradient, slots, average, and their copies.

    An update of an array needs copies of it; those of the largest array count.
    """
    slots, average = train.num_slots, train.ema is not None
    copies = 2 + slots + average + _STATE_COPIES * _state_copies(train)
    values: Counter[str] = Counter()
    for part in parts:
        values[part.key] += copies * part.parameters
    largest = max(parts, key=lambda part: part.parameters)
    values[largest.key] += round((1.5 + 0.5 * slots + average) * largest.parameters)
    return values


def _state_copies(train: TrainConfig) -> int:
    """Return the number of values for each weight in a checkpoint."""
    return 1 + train.num_slots + 2 * (train.ema is not None)
