"""Comparison of runs as a JSON document: their results, and the statistics over their seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

from stnctl.config.key_values import key_text, key_value
from stnctl.evaluation.group_statistics import METRICS, describe_groups, results_by_seed
from stnctl.reports.run_groups import RunGroup, differing_keys, group_runs
from stnctl.runs.summary import RunSummary


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
    results = ("best_epoch", "validation_accuracy", "validation_loss", "test_loss", "alignment")
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
    members = [[rows[place] for place in group.members] for group in groups]
    found = {
        metric: describe_groups(
            [results_by_seed((row["seed"], row[metric]) for row in each) for each in members]
        )
        for metric in METRICS
    }
    return [
        {
            "group": group.label,
            "runs": [row["label"] for row in members[place]],
            "seeds": [row["seed"] for row in members[place]],
            **{metric: found[metric][place].sample for metric in METRICS},
            "against_first": {metric: found[metric][place].test for metric in METRICS},
        }
        for place, group in enumerate(groups)
    ]


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
