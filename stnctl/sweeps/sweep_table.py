"""Table of a sweep as a JSON document: statistics of each group over its seeds, and the best."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, count
from statistics import fmean
from typing import Any

from stnctl.evaluation.group_statistics import (
    METRICS,
    GroupStatistics,
    describe_groups,
    results_by_seed,
)
from stnctl.runs.alignment_record import mean_alignment
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.cells import group_key, group_label, varying_keys
from stnctl.sweeps.imported_results import result_row

FINISHED = "finished"
"""State of the cells whose results count."""


def sweep_table(
    name: str, cells: Sequence[CellResult], baseline: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the table of a sweep as a JSON document.

    Args:
        name: Name of the sweep.
        cells: The results of its cells.
        baseline: Some values of the group with which the others are compared; None for the first
            group.

    Returns:
        ``sweep``; ``num_cells``, and their number in each of ``states``; ``keys``, in which the
        groups differ; ``groups``, in the order of their first cells, each with its ``values``, its
        states, and the statistics of its finished cells; ``baseline``, the label of a group or
        None; ``best``, the label of the best group, and the best cell with its accuracy, both by
        validation accuracy; and ``cells``.
    """
    keys = [group_key(cell.values) for cell in cells]
    members: dict[str, list[CellResult]] = {key: [] for key in keys}
    for key, cell in zip(keys, cells, strict=True):
        members[key].append(cell)
    values = [group[0].values for group in members.values()]
    labels = _labels(values)
    first = _find_baseline(values, baseline)
    finished = [[cell for cell in group if cell.state == FINISHED] for group in members.values()]
    found = {
        metric: describe_groups(
            [results_by_seed((cell.seed, getattr(cell, metric)) for cell in group)
             for group in finished], first
        )
        for metric in METRICS
    }  # fmt: skip
    groups = [
        {
            "group": label,
            "values": dict(group[0].values),
            **_counts(group),
            **_facts(done),
            **_statistics({metric: found[metric][place] for metric in METRICS}),
        }
        for place, (label, group, done) in enumerate(
            zip(labels, members.values(), finished, strict=True)
        )
    ]
    label_of = dict(zip(members, labels, strict=True))
    return {
        "sweep": name,
        **_counts(cells),
        "keys": varying_keys(values),
        "baseline": None if first is None else labels[first],
        "baseline_values": baseline and dict(baseline),
        "best": _best(groups, [cell for group in finished for cell in group]),
        "groups": groups,
        "cells": [_row(cell, label_of[key]) for key, cell in zip(keys, cells, strict=True)],
    }


def _labels(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a different label for each group."""
    labels: dict[str, None] = {}
    for label in map(group_label, groups):
        ends = chain([""], (f" ({number})" for number in count(2)))
        labels[next(f"{label}{end}" for end in ends if f"{label}{end}" not in labels)] = None
    return list(labels)


def _find_baseline(
    groups: Sequence[Mapping[str, Any]], baseline: Mapping[str, Any] | None
) -> int | None:
    """Return the index of the first group that has all the values; None without one."""
    wanted = baseline or {}
    places = (
        place
        for place, values in enumerate(groups)
        if all(key in values and values[key] == value for key, value in wanted.items())
    )
    return next(places, None)


def _counts(cells: Sequence[CellResult]) -> dict[str, Any]:
    return {"num_cells": len(cells), "states": dict(Counter(cell.state for cell in cells))}


def _facts(finished: Sequence[CellResult]) -> dict[str, Any]:
    """Return the seeds, the parameters, and the mean duration and alignment of finished cells."""
    parameters = [cell.parameters for cell in finished if cell.parameters is not None]
    seconds = [cell.seconds for cell in finished if cell.seconds is not None]
    return {
        "seeds": [cell.seed for cell in finished],
        "parameters": parameters[0] if parameters else None,
        "seconds": fmean(seconds) if seconds else None,
        "alignment": mean_alignment([cell.alignment for cell in finished]),
    }


def _statistics(found: Mapping[str, GroupStatistics]) -> dict[str, Any]:
    return {
        **{metric: each.sample for metric, each in found.items()},
        "against_baseline": {metric: each.test for metric, each in found.items()},
    }


def _best(groups: Sequence[Mapping[str, Any]], finished: Sequence[CellResult]) -> dict[str, Any]:
    """Return the group of the best mean, and the best cell, by validation accuracy."""
    means = {each["group"]: each[METRICS[0]]["mean"] for each in groups if each[METRICS[0]]}
    known = [
        (cell.validation_accuracy, cell.cell)
        for cell in finished
        if cell.validation_accuracy is not None
    ]
    accuracy, cell = max(known, key=lambda each: each[0], default=(None, None))
    return {
        "group": max(means, key=means.__getitem__, default=None),
        "cell": cell,
        "accuracy": accuracy,
    }


def _row(cell: CellResult, group: str) -> dict[str, Any]:
    return {**result_row(cell), "group": group}
