"""Tables and remarks of a comparison as text, for the terminal, Markdown and pages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stnctl.config.messages import shorten
from stnctl.evaluation.group_statistics import METRICS
from stnctl.reports.alignment_columns import ALIGNMENT_HEADER, alignment_cells
from stnctl.reports.paired_columns import limit_of_tests, paired_columns
from stnctl.reports.text_tables import (
    NOTHING,
    TextTable,
    count_cell,
    decimal_cell,
    text_cell,
)

_TEXTS = ("run", "data", "network")
_MAX_TEXT = 64
_MAX_DIFFERENCES = 30


def comparison_tables(document: Mapping[str, Any]) -> list[TextTable]:
    """Return the tables of a comparison.

    The first one has the results of all runs. The alignment follows, where it is known. If there
    are several runs of a seed group, a table for each metric has its statistics. The last one has
    the differences of the configurations.

    Args:
        document: The result of `stnctl.reports.comparison.compare_runs`.
    """
    tables = [_runs_table(document)]
    if any(row["alignment"] for row in document["runs"]):
        tables.append(_alignment_table(document))
    if any(len(group["runs"]) > 1 for group in document["groups"]):
        tables += [_group_table(document, metric) for metric in METRICS if _has(document, metric)]
    if document["differences"]:
        tables.append(_differences_table(document))
    return tables


def statistics_table(
    title: str,
    names: Mapping[str, Sequence[str]],
    samples: Sequence[Mapping[str, Any] | None],
    tests: Sequence[Mapping[str, Any] | None],
) -> TextTable:
    """Return the table of the statistics of groups.

    Args:
        title: Its title.
        names: Name of a column -> its cells, which name each group.
        samples: The statistics of each group; None without results.
        tests: The test of each group against one of them; None without one.
    """
    of_tests, cells = paired_columns(tests, "{:+.4f}".format)
    header = [*names, "seeds", "mean", "std", "95 % interval", *of_tests]
    rows = []
    for name, sample, of_test in zip(
        zip(*names.values(), strict=True), samples, cells, strict=True
    ):
        known = sample or {}
        low, high = known.get("interval") or (None, None)
        statistics = [
            count_cell(known.get("n", 0)),
            decimal_cell(known.get("mean"), 4),
            decimal_cell(known.get("std"), 4),
            NOTHING if low is None else f"{low:.4f} to {high:.4f}",
        ]
        rows.append([*name, *statistics, *of_test])
    return TextTable(title, header, rows, list(names))


def remarks(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield sentences about a comparison: states, other data, repeated seeds, too few seeds.

    Args:
        document: The result of `stnctl.reports.comparison.compare_runs`.
    """
    for row in document["runs"]:
        if row["state"] != "finished":
            yield f"{row['label']} is {row['state']}"
    if len({(row["data"], row["data_sha256"]) for row in document["runs"]}) > 1:
        yield "the runs have different data: their results are those on different images"
    for group in document["groups"]:
        repeated = len(group["seeds"]) - len(set(group["seeds"]))
        if repeated:
            yield f"{group['group']} has runs of the same seed; they count once, with their mean"
    for limit in dict.fromkeys(limit_of_tests(tests) for tests in _families(document)):
        if limit:
            yield limit


def subject(measured: Mapping[str, Any]) -> str:
    """Return a text for the measurement of the test results, such as "test under R"."""
    parts = [measured["split"]]
    if measured["distortion"] is not None:
        parts.append(f"under {shorten(measured['distortion'], _MAX_TEXT)}")
    if measured["checkpoint"] != "best":
        parts.append(f"({measured['checkpoint']} checkpoint)")
    return " ".join(parts)


def _runs_table(document: Mapping[str, Any]) -> TextTable:
    test = subject(document["measured"])
    columns: dict[str, Any] = {
        "run": lambda row: text_cell(row["label"]),
        "data": lambda row: text_cell(row["data"]),
        "network": lambda row: text_cell(row["network"]),
        "parameters": lambda row: count_cell(row["parameters"]),
        "multiply-adds": lambda row: count_cell(row["multiply_adds"]),
        "epochs": lambda row: f"{row['epochs']}/{count_cell(row['planned_epochs'])}",
        "s/epoch": lambda row: decimal_cell(row["seconds_per_epoch"], 2),
        "best epoch": lambda row: count_cell(row["best_epoch"]),
        "val. accuracy": lambda row: decimal_cell(row["validation_accuracy"], 4),
        "val. loss": lambda row: decimal_cell(row["validation_loss"], 4),
        f"{test} accuracy": lambda row: decimal_cell(row["test_accuracy"], 4),
        f"{test} loss": lambda row: decimal_cell(row["test_loss"], 4),
    }
    rows = [[text(row) for text in columns.values()] for row in document["runs"]]
    return TextTable(f"{len(rows)} run{'s' if len(rows) > 1 else ''}", list(columns), rows, _TEXTS)


def _alignment_table(document: Mapping[str, Any]) -> TextTable:
    rows = [
        [text_cell(row["label"]), *alignment_cells(part, numbers)]
        for row in document["runs"]
        for part, numbers in row["alignment"].items()
    ]
    title = f"alignment on {subject(document['measured'])}: spread of the drawn distortion, and of "
    return TextTable(f"{title}what is left", ["run", *ALIGNMENT_HEADER], rows, ("run", "part"))


def _group_table(document: Mapping[str, Any], metric: str) -> TextTable:
    groups = document["groups"]
    name = subject(document["measured"]) if metric == "test_accuracy" else "validation"
    return statistics_table(
        f"{name} accuracy of the groups of runs that differ only in the seed",
        {"group": [text_cell(group["group"]) for group in groups]},
        [group[metric] for group in groups],
        [group["against_first"][metric] for group in groups],
    )


def _differences_table(document: Mapping[str, Any]) -> TextTable:
    found = document["differences"]
    header = ["configuration", *(text_cell(group["group"]) for group in document["groups"])]
    rows = [[each["key"], *(text or NOTHING for text in each["texts"])] for each in found]
    if len(rows) > _MAX_DIFFERENCES:
        rest = len(rows) - _MAX_DIFFERENCES
        rows = [*rows[:_MAX_DIFFERENCES], [f"and {rest} more", *("" for _ in header[1:])]]
    return TextTable("differences of the configurations", header, rows, texts=header)


def _has(document: Mapping[str, Any], metric: str) -> bool:
    return any(group[metric] is not None for group in document["groups"])


def _families(document: Mapping[str, Any]) -> list[list[Mapping[str, Any] | None]]:
    """Return the paired tests of each metric; none if no group has several runs."""
    if max(len(group["runs"]) for group in document["groups"]) == 1:
        return []
    return [[group["against_first"][metric] for group in document["groups"]] for metric in METRICS]
