"""Approximate memory of a training and of a prediction. Keras is not loaded.

The estimate counts the arrays that exist at the same time. `benchmarks/memory.py` compares it with
the memory of real trainings. It leaves out the libraries and compiled functions, about 0.5 to 1 GB,
and the data set itself.
"""

import math
from collections import Counter
from typing import TYPE_CHECKING

from stnctl.config.stages import stages_of
from stnctl.data.chunk import CHUNK
from stnctl.models.graph import Node, Tensor
from stnctl.models.network import Network
from stnctl.models.operation import Shape
from stnctl.models.sampling_operation import SPLINE_COPIES

if TYPE_CHECKING:
    from stnctl.config.schema import Config
    from stnctl.config.train_section import TrainConfig

_BYTES = 4
_STATE_COPIES = 2
"""Copies of the training state while a checkpoint is saved: its arrays, and its file."""

_INITIAL_COPIES = 2.25
"""Temporary arrays for each value of the largest weight array, while a network is built."""


def training_bytes(config: "Config", network: Network) -> Counter[str]:
    """Return the approximate memory of a training, by section of the configuration.

    The peak is the largest of three: a training step, the rendering of distorted images, and the
    prediction for a batch of validation images. The weights exist all the time, and the copies of
    a checkpoint come on top, because the backend keeps freed memory.

    Args:
        config: The configuration of the batches, the optimizer and the distortion.
        network: The trace of its network.

    Returns:
        Key of a section, such as "model.classifier" -> bytes.
    """
    from stnctl.data.batches import prediction_batch_size

    phases = (
        step_values(network, config.train.batch_size) + _changed_values(network, config.train),
        _rendered_values(config, network.input.shape),
        _predicted_values(network, prediction_batch_size(network.input.shape)),
    )
    values = max(phases, key=Counter.total) + _weight_values(network, config.train)
    for node in network.nodes:
        values[node.key] += node.operation.constants(*node.shapes)
    return Counter({key: _BYTES * count for key, count in values.items()})


def state_bytes(config: "Config", network: Network) -> Counter[str]:
    """Return the approximate size of a checkpoint in bytes, by section of the configuration.

    Args:
        config: The configuration of the optimizer.
        network: The trace of its network.
    """
    copies = _state_copies(config.train)
    sizes: Counter[str] = Counter()
    for node in network.nodes:
        sizes[node.key] += _BYTES * copies * node.parameters
    return sizes


def step_bytes(network: Network, batch_size: int) -> int:
    """Return the approximate memory of a training step in bytes, without that of an optimizer.

    It counts the weights with their gradients, and the values for the images of the batch.

    Args:
        network: The trace of a network.
        batch_size: B, the number of images in a batch.
    """
    values = step_values(network, batch_size).total() + 2 * network.parameters
    constants = sum(node.operation.constants(*node.shapes) for node in network.nodes)
    return _BYTES * (values + constants)


def prediction_bytes(network: Network, batch_size: int) -> int:
    """Return the approximate memory of the prediction for one batch, in bytes.

    Args:
        network: The trace of a network.
        batch_size: B, the number of images in a batch.
    """
    values = _predicted_values(network, batch_size).total()
    initial = round(_INITIAL_COPIES * max(node.parameters for node in network.nodes))
    weights = (node.parameters + node.operation.constants(*node.shapes) for node in network.nodes)
    return _BYTES * (values + initial + sum(weights))


def step_values(network: Network, batch_size: int) -> Counter[str]:
    """Return the numbers of values for the images of a training step, by section.

    They are the activations that gradients need, and all values of one operation at a time, with
    its gradients and its scratch.

    Args:
        network: The trace of a network.
        batch_size: B, the number of images in a batch.
    """
    values: Counter[str] = Counter()
    needed = _needed_tensors(network)
    for node in network.nodes:
        if not needed.isdisjoint(node.outputs):
            values[node.key] += batch_size * _activations(node)
    trained = _trained_tensors(network)
    sizes = {
        index: _activations(node)
        + sum(math.prod(each.shape) for each in node.inputs if each in trained)
        + node.operation.scratch(*node.shapes)
        + node.operation.step_scratch(*node.shapes)
        for index, node in enumerate(network.nodes)
    }
    largest = max(sizes, key=lambda index: sizes[index])
    values[network.nodes[largest].key] += batch_size * sizes[largest]
    values["data"] += math.prod(network.input.shape) * (batch_size + max(3 * batch_size, 2 * CHUNK))
    return values


def _changed_values(network: Network, train: "TrainConfig") -> Counter[str]:
    """Return the values for the changed images of the penalty `consistency`, see `step_values`."""
    values: Counter[str] = Counter()
    if not any(stage.train.penalties.consistency for stage in stages_of(train)):
        return values
    needed = _needed_tensors(network)
    for node in network.nodes_of(each.theta for each in network.input_transformers):
        if not needed.isdisjoint(node.outputs):
            values[node.key] += train.batch_size * _activations(node)
    values["data"] += math.prod(network.input.shape) * (train.batch_size + 2 * CHUNK)
    return values


def _activations(node: Node) -> int:
    return node.operation.activations(*node.shapes)


def _needed_tensors(network: Network) -> set[Tensor]:
    """Return the tensors that are kept until the gradients are computed."""
    found = {network.logits}
    for node in network.nodes:
        found |= {
            *(node.inputs if node.operation.needs_inputs else ()),
            *(node.outputs if node.operation.needs_results else ()),
        }
    return found


def _trained_tensors(network: Network) -> set[Tensor]:
    """Return the tensors that depend on trained weights, and so have gradients."""
    found: set[Tensor] = set()
    for node in network.nodes:
        if node.operation.trainable(*node.shapes) or not found.isdisjoint(node.inputs):
            found |= set(node.outputs)
    return found


def _predicted_values(network: Network, batch_size: int) -> Counter[str]:
    """Return the values for the images of a prediction, which keeps one operation at a time."""
    largest = max(network.nodes, key=_predicted_values_of)
    values = Counter({largest.key: batch_size * _predicted_values_of(largest)})
    values["data"] += 2 * batch_size * math.prod(network.input.shape)
    return values


def _predicted_values_of(node: Node) -> int:
    """Return the number of values of one operation.

    The result of a convolution and its sum with the bias exist together, and so do two sums of the
    sampled map. A result that is a view of the input has no values.
    """
    activations = _activations(node)
    result = min(activations, math.prod(node.outputs[0].shape))
    return activations + result + node.operation.scratch(*node.shapes)


def _rendered_values(config: "Config", input_shape: Shape) -> Counter[str]:
    """Return the values while `CHUNK` images are distorted.

    They are V, its copy for NumPy and the grid. A spline has a grid of its own, and its weights.
    """
    from stnctl.config.distortion_steps import Elastic
    from stnctl.data.distortions.distortion_spec import distortion_spec

    spec = distortion_spec(config.data.distortion)
    if spec.is_plain:
        return Counter()
    pixels = math.prod(input_shape[:2])
    points = [math.prod(step.control_points) for step in spec.steps if isinstance(step, Elastic)]
    for_images = CHUNK * (2 * input_shape[2] + 3 + 2 * len(points))
    return Counter({"data.distortion": pixels * (for_images + SPLINE_COPIES * sum(points))})


def _weight_values(network: Network, train: "TrainConfig") -> Counter[str]:
    """Return the values for the weights: weight, gradient, slots, average, and their copies.

    An update of an array needs copies of it; those of the largest array count.
    """
    slots, average = train.num_slots, train.ema is not None
    copies = 2 + slots + average + _STATE_COPIES * _state_copies(train)
    values: Counter[str] = Counter()
    for node in network.nodes:
        values[node.key] += copies * node.parameters
    largest = max(network.nodes, key=lambda node: node.parameters)
    values[largest.key] += round((1.5 + 0.5 * slots + average) * largest.parameters)
    return values


def _state_copies(train: "TrainConfig") -> int:
    """Return the number of values for each weight in a checkpoint."""
    return 1 + train.num_slots + 2 * (train.ema is not None)
