"""JSON of a traced network: its operations, and its transformers."""

from typing import Any

from stnctl.config.model_section import ModelConfig
from stnctl.inspection.transformer_headings import transformer_headings
from stnctl.models.graph import Tensor
from stnctl.models.layers.pool import Pooling
from stnctl.models.network import Network
from stnctl.models.traced_transformer import TracedTransformer
from stnctl.reports.explorer.operation_documents import missing_in_page, operation_document


def network_document(network: Network, model: ModelConfig) -> dict[str, Any]:
    """Return a network as JSON.

    A tensor is ``[node, output]``, with the node -1 for U.

    Args:
        network: The trace of the network.
        model: Its configuration, for the headings of the transformers.
    """
    headings = transformer_headings(network.transformers, model)
    return {
        "inputShape": list(network.input.shape),
        "nodes": [
            {
                "name": node.name,
                "inputs": [_place(tensor) for tensor in node.inputs],
                "shapes": [list(tensor.shape) for tensor in node.outputs],
                **operation_document(node.operation),
            }
            for node in network.nodes
        ],
        "logits": _place(network.logits),
        "transformers": [
            _transformer(each, ", ".join(heading), network)
            for each, heading in zip(network.transformers, headings, strict=True)
        ],
        "missing": missing_parts(network),
    }


def missing_parts(network: Network) -> list[str]:
    """Return the parts of a network that the page can't compute, in words, each one once."""
    found = (missing_in_page(node.operation) for node in network.nodes)
    return list(dict.fromkeys(filter(None, found)))


def _place(tensor: Tensor) -> list[int]:
    return [tensor.node, tensor.output]


def _transformer(transformer: TracedTransformer, heading: str, network: Network) -> dict[str, Any]:
    pooled = network.nodes[transformer.U.node].operation if transformer.U.node >= 0 else None
    return {
        "name": transformer.name,
        "heading": heading,
        "node": transformer.V.node,
        "U": _place(transformer.U),
        "theta": _place(transformer.theta),
        "inputShape": list(transformer.U.shape),
        "outputShape": list(transformer.V.shape),
        "parameters": list(transformer.sampling.family.parameters),
        "step": transformer.step,
        "branch": transformer.branch,
        "chain": None if transformer.chain is None else list(transformer.chain),
        "poolBefore": pooled.size if isinstance(pooled, Pooling) else 1,
    }
