"""Table of a sweep as rows for CSV: plain numbers, one row for each group or each cell."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from stnctl.evaluation.group_statistics import METRICS
from stnctl.storage.json_files import json_bytes
from stnctl.sweeps.cell_results import CellState

Rows = tuple[list[str], list[list[Any]]]

_OF_A_CELL = (
    "seed",
    "run",
    "state",
    "problem",
    "epochs",
    *METRICS,
    "parameters",
    "seconds",
)
_OF_A_TEST = ("mean", "n", "p", "comparisons", "adjusted_p", "smallest_adjusted_p")


def group_rows(document: Mapping[str, Any]) -> Rows:
    """Return the names of the columns and one row for each group. Accuracies are 0 to 1.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    keys, states = document["keys"], get_args(CellState)
    header = ["group", *keys, "num_cells", *states, "parameters", "seconds"]
    for metric in METRICS:
        header += [f"{metric}_{name}" for name in ("n", "mean", "std", "low", "high")]
        header += [f"{metric}_difference_{name}" for name in _OF_A_TEST]
    return header, [_group_row(group, keys, states) for group in document["groups"]]


def cell_rows(document: Mapping[str, Any]) -> Rows:
    """Return the names of the columns and one row for each cell. Accuracies are 0 to 1.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    keys = document["keys"]
    rows = [
        [cell["cell"], cell["group"], *_values(cell, keys), *(cell[name] for name in _OF_A_CELL)]
        for cell in document["cells"]
    ]
    return ["cell", "group", *keys, *_OF_A_CELL], rows


def _group_row(group: Mapping[str, Any], keys: Sequence[str], states: Sequence[str]) -> list[Any]:
    row = [group["group"], *_values(group, keys), group["num_cells"]]
    row += [group["states"].get(state, 0) for state in states]
    row += [group["parameters"], group["seconds"]]
    for metric in METRICS:
        sample = group[metric] or {}
        row += [sample.get(name) for name in ("n", "mean", "std")]
        row += sample.get("interval") or (None, None)
        test = group["against_baseline"][metric] or {}
        row += [test.get(name) for name in _OF_A_TEST]
    return row


def _values(item: Mapping[str, Any], keys: Sequence[str]) -> list[Any]:
    """Return the values of the keys; those that are no texts or numbers are JSON."""
    return [_value(item["values"][key]) if key in item["values"] else None for key in keys]


def _value(value: Any) -> Any:
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return value if is_plain else json_bytes(value, indent=None).decode().strip()
