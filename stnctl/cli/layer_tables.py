"""Tables of the layers of a network, for ``stnctl models`` and ``stnctl train --dry-run``."""

from dataclasses import asdict
from typing import Any

from stnctl.cli import console
from stnctl.models.layer_table import layer_rows
from stnctl.models.network import Network
from stnctl.models.operation import Shape


def describe_layers(network: Network) -> list[dict[str, Any]]:
    """Return the operations of a network as a JSON document; outputs begin with "B"."""
    return [{**asdict(row), "output": ["B", *row.output]} for row in layer_rows(network)]


def print_layers(title: str, network: Network) -> None:
    """Print the operations of a network as a table, with a title."""
    console.result_table(
        title,
        ["layer", "output", "parameters", "multiply-adds"],
        [
            [
                row.name,
                shape_text(row.output),
                "shared" if row.shared else count_text(row.num_params),
                count_text(row.multiply_adds),
            ]
            for row in layer_rows(network)
        ],
    )


def count_text(count: int) -> str:
    """Return a number of parameters or multiply-adds as text; nothing for 0."""
    return f"{count:,}" if count else ""


def shape_text(shape: Shape) -> str:
    """Return the shape for one image as text, such as ``28x28x1``."""
    return "x".join(map(str, shape))
