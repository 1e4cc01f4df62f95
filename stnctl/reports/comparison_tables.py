"""Tables and remarks of a comparison as text, for the terminal, Markdown and pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stnctl.config.messages import format_decimal, shorten
from stnctl.evaluation.seed_statistics import LEVEL, num_pairs_to_decide
from stnctl.reports.comparison import METRICS

NOTHING = "-"
"""Text of an unknown value."""

_TEXTS = ("run", "data", "network")
_MAX_TEXT = 64
_MAX_DIFFERENCES = 30


@dataclass(frozen=True)
class TextTable:
    """Table of texts.

    Attributes:
        title: Its title.
        header: Names of the n columns.
        rows: n cells each.
        texts: Names of columns of text, which are aligned to the left.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: Sequence[str]


def comparison_tables(document: Mapping[str, Any]) -> list[TextTable]:
    """Return the tables of a comparison.

    The first one has the results of all runs. If there are several runs of a seed group, a table
    for each metric has its statistics. The last one has the differences of the configurations.

    Args:
        document: The result of `stnctl.reports.comparison.compare_runs`.
    """
    tables = [_runs_table(document)]
    if any(len(group["runs"]) > 1 for group in document["groups"]):
        tables += [_group_table(document, metric) for metric in METRICS if _has(document, metric)]
    if document["differences"]:
        tables.append(_differences_table(document))
    return tables


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
    tests = _tests(document)
    if counts := sorted({test["n"] for test in tests if not test["can_decide"]}):
        smallest = min(test["smallest_p"] for test in tests if test["n"] == counts[-1])
        yield (
            f"{counts[-1]} {'pair is' if counts[-1] == 1 else 'pairs are'} too few to decide: p is "
            f"at least {smallest:.3g}; for p <= {LEVEL:g}, {num_pairs_to_decide()} or more seeds "
            "are needed"
        )


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
        "run": lambda row: _text(row["label"]),
        "data": lambda row: _text(row["data"]),
        "network": lambda row: _text(row["network"]),
        "parameters": lambda row: _count(row["parameters"]),
        "multiply-adds": lambda row: _count(row["multiply_adds"]),
        "epochs": lambda row: f"{row['epochs']}/{_count(row['planned_epochs'])}",
        "s/epoch": lambda row: _decimal(row["seconds_per_epoch"], 2),
        "best epoch": lambda row: _count(row["best_epoch"]),
        "val. accuracy": lambda row: _decimal(row["validation_accuracy"], 4),
        "val. loss": lambda row: _decimal(row["validation_loss"], 4),
        f"{test} accuracy": lambda row: _decimal(row["test_accuracy"], 4),
        f"{test} loss": lambda row: _decimal(row["test_loss"], 4),
    }
    rows = [[text(row) for text in columns.values()] for row in document["runs"]]
    return TextTable(f"{len(rows)} run{'s' if len(rows) > 1 else ''}", list(columns), rows, _TEXTS)


def _group_table(document: Mapping[str, Any], metric: str) -> TextTable:
    is_test = metric == "test_accuracy"
    name = subject(document["measured"]) if is_test else "validation"
    header = ["group", "seeds", "mean", "std", "95 % interval", "difference", "pairs", "p"]
    rows = []
    for group in document["groups"]:
        sample, test = group[metric] or {}, group["against_first"][metric] or {}
        low, high = sample.get("interval") or (None, None)
        interval = NOTHING if low is None else f"{low:.4f} to {high:.4f}"
        difference = test.get("mean")
        rows.append(
            [
                _text(group["group"]),
                _count(sample.get("n", 0)),
                _decimal(sample.get("mean"), 4),
                _decimal(sample.get("std"), 4),
                interval,
                NOTHING if difference is None else f"{difference:+.4f}",
                _count(test.get("n")),
                _p(test),
            ]
        )
    title = f"{name} accuracy of the groups of runs that differ only in the seed"
    return TextTable(title, header, rows, header[:1])


def _differences_table(document: Mapping[str, Any]) -> TextTable:
    found = document["differences"]
    header = ["configuration", *(_text(group["group"]) for group in document["groups"])]
    rows = [[each["key"], *(text or NOTHING for text in each["texts"])] for each in found]
    if len(rows) > _MAX_DIFFERENCES:
        rest = len(rows) - _MAX_DIFFERENCES
        rows = [*rows[:_MAX_DIFFERENCES], [f"and {rest} more", *("" for _ in header[1:])]]
    return TextTable("differences of the configurations", header, rows, texts=header)


def _has(document: Mapping[str, Any], metric: str) -> bool:
    return any(group[metric] is not None for group in document["groups"])


def _tests(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the paired tests of all groups that have several runs."""
    return [
        test
        for group in document["groups"]
        for test in group["against_first"].values()
        if test is not None and max(len(each["runs"]) for each in document["groups"]) > 1
    ]


def _p(test: Mapping[str, Any]) -> str:
    if not test:
        return NOTHING
    return f"{test['p']:.3g}" if test["can_decide"] else f"{test['p']:.3g} (too few seeds)"


def _text(text: str) -> str:
    return shorten(text, _MAX_TEXT) or NOTHING


def _count(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def _decimal(value: float | None, digits: int) -> str:
    return NOTHING if value is None else format_decimal(value, digits)
