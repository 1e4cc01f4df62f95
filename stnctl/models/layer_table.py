"""Table of the operations of a traced network. Keras is not loaded."""

from dataclasses import dataclass

from stnctl.models.graph import Node
from stnctl.models.network import Network
from stnctl.models.operation import Shape


@dataclass(frozen=True)
class LayerRow:
    """Row of the table: an operation of a network.

    Attributes:
        name: Name of its Keras layer.
        key: Key of its section in the config.
        part: Part of the network: "localization", "localization2" and so on, or "network".
        type: Kind of the operation, such as "conv".
        output: Shape of its first result for one image.
        num_params: Number of parameters; 0 if they are those of an earlier row.
        multiply_adds: Number of multiply-adds for one image.
        shared: Whether it has weights, and they are those of an earlier row with the same name.
    """

    name: str
    key: str
    part: str
    type: str
    output: Shape
    num_params: int
    multiply_adds: int
    shared: bool


def layer_rows(network: Network) -> list[LayerRow]:
    """Return the rows of a network, the first one for its input U."""
    rows = [LayerRow("U", "data", NETWORK, "input", network.input.shape, 0, 0, shared=False)]
    for node in network.nodes:
        rows.append(_row(node, rows[-1].part))
    return rows


NETWORK = "network"
"""Part of the rows that are in no localization network."""


def _row(node: Node, part_before: str) -> LayerRow:
    prefix = node.name.partition("_")[0]
    if not prefix.startswith("theta"):
        part_before = prefix if prefix.startswith("localization") else NETWORK
    return LayerRow(
        name=node.name,
        key=node.key,
        part=part_before,
        type=node.operation.base_name,
        output=node.outputs[0].shape,
        num_params=node.parameters,
        multiply_adds=node.operation.multiply_adds(*node.shapes),
        shared=node.shared and node.operation.trainable(*node.shapes) > 0,
    )
