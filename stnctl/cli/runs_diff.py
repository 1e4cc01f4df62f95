"""Output of ``stnctl runs diff``: the differences between two runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stnctl.cli import console
from stnctl.cli.run_columns import count_text, describe_run, number_text, percent_text
from stnctl.config.dump import changed_keys
from stnctl.config.key_values import key_text, key_value
from stnctl.config.load import load_resolved
from stnctl.config.messages import shorten
from stnctl.config.schema import Config
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import environment_differences
from stnctl.runs.provenance import read_record
from stnctl.runs.run_keys import KEYS
from stnctl.runs.summary import RunSummary, summarize

_MAX_TEXT = 60
_TEXTS: dict[str, Callable[[Any], str]] = {
    "count": count_text,
    "share": percent_text,
    "number": number_text,
}


@dataclass(frozen=True)
class RunDifference:
    """Differences between two runs.

    Attributes:
        runs: Their summaries.
        configs: Their configurations.
        keys: The dotted keys of the configurations with different values.
        environment: The differences between the environments, as texts.
    """

    runs: tuple[RunSummary, RunSummary]
    configs: tuple[Config, Config]
    keys: list[str]
    environment: list[str]


def compare_pair(a: RunDirectory, b: RunDirectory) -> RunDifference:
    """Return the differences between two runs.

    Raises:
        InputError: If a configuration or a run.json can't be read.
    """
    configs = load_resolved(a.config), load_resolved(b.config)
    environments = [read_record(run)["environment"] for run in (a, b)]
    return RunDifference(
        runs=(summarize(a), summarize(b)),
        configs=configs,
        keys=changed_keys(*configs),
        environment=environment_differences(*environments),
    )


def describe_difference(difference: RunDifference) -> dict[str, Any]:
    """Return the differences between two runs as a JSON document."""
    return {
        "runs": [describe_run(run) for run in difference.runs],
        "config": {
            key: [key_value(config, key) for config in difference.configs]
            for key in difference.keys
        },
        "environment": difference.environment,
    }


def print_difference(difference: RunDifference) -> None:
    """Print the differences between two runs, and their results side by side."""
    names = [shorten(run.name, _MAX_TEXT) for run in difference.runs]
    if difference.keys:
        rows = [
            [key, *(key_text(config, key) for config in difference.configs)]
            for key in difference.keys
        ]
        console.result_table("configuration", ["key", *names], rows, texts=names)
    else:
        console.result("the configurations are equal")
    for text in difference.environment:
        console.result(f"environment: {text}")
    results = [name for name, key in KEYS.items() if key.kind in _TEXTS and name != "seed"]
    rows = [_row(name, *difference.runs) for name in results]
    console.result_table("results", ["", *names, "difference"], rows)


def _row(name: str, a: RunSummary, b: RunSummary) -> list[str]:
    key = KEYS[name]
    text = _TEXTS[key.kind]
    values = key.value(a), key.value(b)
    known = [value for value in values if value is not None]
    difference = known[1] - known[0] if len(known) == len(values) else None
    sign = "+" if difference is not None and difference > 0 else ""
    return [name.replace("_", " "), *map(text, values), sign + text(difference)]
