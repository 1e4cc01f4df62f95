"""Model of a training: the layers of a network on the parts of a batch, with penalties.

If several threads of TensorFlow share an operation, each waits for the slowest one, hundreds of
times in a step. So a batch is divided into equal parts, one for each thread, and the parts are
computed side by side. docs/performance.md has the times.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras

from stnctl.data.penalized_examples import CHANGED
from stnctl.models.graph import Node, Tensor
from stnctl.models.network import Network
from stnctl.models.penalties import CHANGED_THETA, PenaltyLayer, PenaltyPlan

Parts = Sequence[Any]
"""One tensor for each part of a batch."""


def training_model(
    model: keras.Model, network: Network, parts: int, plan: PenaltyPlan | None = None
) -> keras.Model:
    """Return a model for the training of ``model``, with the same layers, that divides its batch.

    The penalties of a layer on its outputs are means over one part, and there is one for each part.

    Args:
        model: A model from `stnctl.models.build.build_model`.
        network: The trace of its network.
        parts: Number of equal parts of a batch.
        plan: The penalties on its transformers; None for none.

    Returns:
        A Keras model from U (B, H, W, C) to logits (B, num_classes). With penalties, its input is a
        dict of the arrays of `stnctl.data.penalized_examples.PenalizedExamples`.
    """
    inputs = {"U": keras.Input(network.input.shape, name="U")}
    if plan is not None:
        inputs |= plan.further_inputs(network.input.shape)
    split = {name: _split(each, parts) for name, each in inputs.items()}
    tensors = _computed(model, network.nodes, {network.input: split["U"]})
    logits = tensors[network.logits]
    if plan is None:
        return keras.Model(inputs["U"], joined(logits))
    return keras.Model(inputs, joined(_penalized(model, network, plan, tensors, split)))


def joined(parts: Parts) -> Any:
    """Return the tensor of a batch, (B, ...), from its parts."""
    return parts[0] if len(parts) == 1 else keras.ops.concatenate(parts)


def _split(tensor: Any, parts: int) -> Parts:
    return [tensor] if parts == 1 else keras.ops.split(tensor, parts)


def _computed(
    model: keras.Model, nodes: Iterable[Node], tensors: Mapping[Tensor, Parts]
) -> dict[Tensor, Parts]:
    """Return the parts of the tensors of nodes, and the given ones."""
    found = dict(tensors)
    for node in nodes:
        count = len(next(iter(found.values())))
        inputs = [[found[each][k] for each in node.inputs] for k in range(count)]
        results = node.operation.call_in_parts(model.get_layer(node.name), inputs)
        several = [each if isinstance(each, list | tuple) else (each,) for each in results]
        found |= dict(zip(node.outputs, map(list, zip(*several, strict=True)), strict=True))
    return found


def _penalized(
    model: keras.Model,
    network: Network,
    plan: PenaltyPlan,
    tensors: Mapping[Tensor, Parts],
    inputs: Mapping[str, Parts],
) -> Parts:
    """Return the parts of the logits, on whose path the penalties are added to the loss."""
    logits = list(tensors[network.logits])
    transformers = network.input_transformers
    changed: Mapping[Tensor, Parts] = {}
    if CHANGED in inputs:
        needed = network.nodes_of(each.theta for each in transformers)
        changed = _computed(model, needed, {network.input: inputs[CHANGED]})
    height, width, _ = network.input.shape
    for transformer in transformers:
        layer = PenaltyLayer(plan, transformer.sampling, (height, width))
        theta, V = tensors[transformer.theta], tensors[transformer.V]
        for k, own in enumerate(logits):
            further = {name: each[k] for name, each in inputs.items() if name not in ("U", CHANGED)}
            if changed:
                further[CHANGED_THETA] = changed[transformer.theta][k]
            logits[k] = layer(own, theta[k], V[k], further)
    return logits
