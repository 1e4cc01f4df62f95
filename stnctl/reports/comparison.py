"""Comparison of runs as a JSON document: their results, and the statistics over their seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from stnctl.config.key_values import key_text, key_value
from stnctl.evaluation.seed_statistics import describe_sample, sign_flip_test
from stnctl.reports.run_groups import RunGroup, differing_keys, group_runs
from stnctl.runs.summary import RunSummary

METRICS = ("validation_accuracy", "test_accuracy")
"""Results of a run of which the statistics are computed: shares, 0 to 1."""

_DECIMALS = 12
"""Number of decimal digits to which differences of shares are computed."""


def compare_runs(
    runs: Sequence[RunSummary], labels: Sequence[str], measured: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the comparison of runs as a JSON document.

    Args:
        runs: One or more runs.
        labels: A different label for each run.
        measured: Description of the measurement of the test results: ``split``, ``checkpoint``
            and ``distortion``.

    Returns:
        ``measured``; ``runs``, with the results of each run and the label of its ``group``;
        ``groups``, with the statistics of each metric over the seeds and their paired test against
        the first group; and ``differences``, the keys in which the configurations differ.
    """
    groups = group_runs(runs)
    group_of = {place: group.label for group in groups for place in group.members}
    rows = [
        {**_row(run), "label": label, "group": group_of[place]}
        for place, (run, label) in enumerate(zip(runs, labels, strict=True))
    ]
    return {
        "measured": dict(measured),
        "runs": rows,
        "groups": _group_rows(groups, rows),
        "differences": _differences(groups),
    }


def _row(run: RunSummary) -> dict[str, Any]:
    names = (
        "data",
        "data_sha256",
        "network",
        "seed",
        "parameters",
        "multiply_adds",
        "epochs",
        "planned_epochs",
    )
    results = ("best_epoch", "validation_accuracy", "validation_loss", "test_loss")
    return {
        "run": run.name,
        "path": str(run.path),
        "state": run.state,
        **{name: getattr(run, name) for name in names},
        "seconds_per_epoch": run.epoch_seconds,
        **{name: getattr(run, name) for name in results},
        "test_accuracy": None if run.test_error is None else 1 - run.test_error,
    }


def _group_rows(
    groups: Sequence[RunGroup], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    described: list[dict[str, Any]] = []
    first: dict[str, dict[Any, float]] = {}
    for group in groups:
        members = [rows[place] for place in group.members]
        by_seed = {metric: _by_seed(members, metric) for metric in METRICS}
        described.append(
            {
                "group": group.label,
                "runs": [row["label"] for row in members],
                "seeds": [row["seed"] for row in members],
                **{
                    metric: asdict(describe_sample(list(values.values()))) if values else None
                    for metric, values in by_seed.items()
                },
                "against_first": {
                    metric: _paired(first[metric], by_seed[metric]) if first else None
                    for metric in METRICS
                },
            }
        )
        first = first or by_seed
    return described


def _by_seed(rows: Sequence[Mapping[str, Any]], metric: str) -> dict[Any, float]:
    """Return seed -> result. Runs with the same seed count once, with their mean."""
    values: dict[Any, list[float]] = {}
    for row in rows:
        if row[metric] is not None:
            values.setdefault(row["seed"], []).append(row[metric])
    return {seed: fmean(results) for seed, results in values.items()}


def _paired(first: Mapping[Any, float], other: Mapping[Any, float]) -> dict[str, Any] | None:
    """Return the paired test of the seeds that both groups have; None if there is none."""
    seeds = [seed for seed in other if seed is not None and seed in first]
    differences = [round(other[seed] - first[seed], _DECIMALS) for seed in seeds]
    if not differences:
        return None
    try:
        test = sign_flip_test(differences)
    except ValueError:  # too many different sums
        return None
    return {**asdict(test), "can_decide": test.can_decide}


def _differences(groups: Sequence[RunGroup]) -> list[dict[str, Any]]:
    """Return the keys that differ, with the value and its text for each group, None if unknown."""
    configs = [group.config for group in groups]
    return [
        {
            "key": key,
            "values": [config and key_value(config, key) for config in configs],
            "texts": [config and key_text(config, key) for config in configs],
        }
        for key in differing_keys(groups)
    ]
