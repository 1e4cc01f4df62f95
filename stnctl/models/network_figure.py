"""Figure of a traced network. Keras is not loaded."""

from collections import Counter
from dataclasses import replace

from stnctl.errors import UsageError
from stnctl.figures.layer_boxes import FigureSizeError, LayerBox, layer_boxes_png
from stnctl.models.layer_table import layer_rows
from stnctl.models.layers.activation import Activate
from stnctl.models.layers.batch_norm import Normalization
from stnctl.models.layers.dropout import Dropping
from stnctl.models.network import Network

_FOLDED = (Activate, Normalization, Dropping)
"""Operations that are drawn in the box of the operation before them."""


def network_png(title: str, network: Network) -> bytes:
    """Return a PNG of the layers of a network, with its branches.

    Raises:
        UsageError: If the network has too many layers for a figure.
    """
    try:
        return layer_boxes_png(title, network_boxes(network))
    except FigureSizeError as error:
        raise UsageError(f"the network is too large for a figure: {error}") from error


def network_boxes(network: Network) -> list[LayerBox]:
    """Return U and the operations of a network as boxes.

    Normalizations, activations and dropout are in the box of the layer before them.
    """
    rows = layer_rows(network)
    consumers = Counter(tensor.node for node in network.nodes for tensor in node.inputs)
    boxes = [LayerBox(rows[0].name, rows[0].output, rows[0].part)]
    box_of = {-1: 0}
    for index, (node, row) in enumerate(zip(network.nodes, rows[1:], strict=True)):
        sources = [tensor.node for tensor in node.inputs]
        kind = row.type if f"_{row.type}" in row.name else row.name
        label = f"{kind} (shared)" if row.shared else kind
        if isinstance(node.operation, _FOLDED) and sources[0] >= 0 and consumers[sources[0]] == 1:
            before = box_of[index] = box_of[sources[0]]
            boxes[before] = replace(boxes[before], label=f"{boxes[before].label}, {label}")
            continue
        inputs = tuple(dict.fromkeys(box_of[source] for source in sources))
        box_of[index] = len(boxes)
        boxes.append(LayerBox(label, row.output, row.part, inputs))
    return boxes
