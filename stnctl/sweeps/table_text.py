"""Table of a sweep as text, for the terminal, Markdown, LaTeX, CSV and pages."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from stnctl.evaluation.group_statistics import METRICS
from stnctl.reports.comparison_tables import statistics_table
from stnctl.reports.paired_columns import limit_of_tests, paired_columns
from stnctl.reports.text_tables import NOTHING, TextTable, count_cell, text_cell
from stnctl.sweeps.cells import group_label, last_part, value_text
from stnctl.sweeps.sweep_table import FINISHED

DIGITS = 6
"""Number of significant digits of values."""

_MAX_SHOWN = 10


def decisive_metric(document: Mapping[str, Any]) -> str:
    """Return the metric of the tests that the table shows: that on the test images, if known."""
    known = any(group["test_accuracy"] for group in document["groups"])
    return "test_accuracy" if known else "validation_accuracy"


def sweep_text_table(document: Mapping[str, Any]) -> TextTable:
    """Return the table of the groups of a sweep. Accuracies are in %.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    groups, names = document["groups"], _names(document)
    columns = {"seeds": [_seeds(group) for group in groups]}
    for metric, name in (("validation_accuracy", "val."), ("test_accuracy", "test")):
        if any(group[metric] for group in groups):
            columns[f"{name} accuracy %"] = [_mean(group[metric]) for group in groups]
    columns |= _test_columns(document)
    columns |= _alignment_columns(document)
    columns["parameters"] = [count_cell(group["parameters"]) for group in groups]
    columns["time"] = [_time(group["seconds"]) for group in groups]
    rows = [list(row) for row in zip(*names.values(), *columns.values(), strict=True)]
    title = f"{_title(document)}{_subject_of_tests(document)}"
    return TextTable(title, [*names, *columns], rows, list(names))


def statistics_tables(document: Mapping[str, Any]) -> list[TextTable]:
    """Return a table of the statistics of each metric that is known. Accuracies are 0 to 1.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    groups = document["groups"]
    return [
        statistics_table(
            f"{metric.replace('_', ' ')} of the groups of {_title(document)}",
            _names(document),
            [group[metric] for group in groups],
            [group["against_baseline"][metric] for group in groups],
        )
        for metric in METRICS
        if any(group[metric] for group in groups)
    ]


def cell_text_table(document: Mapping[str, Any]) -> TextTable:
    """Return the table of the cells of a sweep. Accuracies are in %.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    header = ["cell", "state", "epochs", "val. accuracy %", "test accuracy %", "time"]
    rows = [
        [
            text_cell(cell["cell"]),
            cell["state"],
            count_cell(cell["epochs"]),
            *(_percent(cell[metric]) for metric in METRICS),
            _time(cell["seconds"]),
        ]
        for cell in document["cells"]
    ]
    return TextTable(_title(document), header, rows, header[:2])


def sweep_remarks(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield sentences about a sweep: the best, missing results, and the limits of its tests.

    Args:
        document: The result of `stnctl.sweeps.sweep_table.sweep_table`.
    """
    yield from _best(document)
    if document["baseline"] is None and document["baseline_values"]:
        wanted = group_label(document["baseline_values"])
        yield f"no group has the values of the baseline, {wanted}: no tests"
    elif document["groups"] and not _has_results(document):
        yield f"the baseline {document['baseline']} has no finished cell: no tests"
    yield from _shortened([text for group in document["groups"] for text in _gaps(group)])
    yield from _shortened([_failure(cell) for cell in document["cells"] if cell["problem"]])
    if imported := [cell for cell in document["cells"] if is_imported(cell)]:
        yield f"{_cells(len(imported))} trained elsewhere: imported results, without a run here"
    repeated = [
        group["group"]
        for group in document["groups"]
        if len(group["seeds"]) != len(set(group["seeds"]))
    ]
    for label in repeated[:_MAX_SHOWN]:
        yield f"{label} has cells of the same seed; they count once, with their mean"
    metric = decisive_metric(document)
    tests = [group["against_baseline"][metric] for group in document["groups"]]
    if _has_repeats(document) and (limit := limit_of_tests(tests)):
        yield limit


def is_imported(cell: Mapping[str, Any]) -> bool:
    """Return whether a finished cell was trained elsewhere, and has no run here."""
    return cell["state"] == FINISHED and cell["run"] is None


def key_names(keys: Sequence[str]) -> list[str]:
    """Return a short name for each dotted key: its last part, or the whole key if it is shared."""
    counts = Counter(map(last_part, keys))
    return [last_part(key) if counts[last_part(key)] == 1 else key for key in keys]


def _title(document: Mapping[str, Any]) -> str:
    finished = document["states"].get(FINISHED, 0)
    return f"sweep {document['sweep']}: {_cells(document['num_cells'])}, {finished:,} finished"


def _subject_of_tests(document: Mapping[str, Any]) -> str:
    """Return a text for the metric of the intervals and tests, if there are any."""
    if not _has_repeats(document):
        return ""
    is_test = decisive_metric(document) == "test_accuracy"
    subject = f"interval of the {'test' if is_test else 'validation'} accuracy"
    if document["baseline"] is None:
        return f"; {subject}"
    return f"; {subject}, and its difference from {document['baseline']}"


def _test_columns(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns of intervals and tests, if there are several seeds of a group."""
    if not _has_repeats(document):
        return {}
    metric, groups = decisive_metric(document), document["groups"]
    columns = {"95 % interval": [_interval(group[metric]) for group in groups]}
    tests = [group["against_baseline"][metric] for group in groups]
    if any(tests):
        names, cells = paired_columns(tests, lambda mean: f"{100 * mean:+.2f}")
        columns |= dict(zip(names, map(list, zip(*cells, strict=True)), strict=True))
    return columns


def _alignment_columns(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns of the alignment of the rotation, if it is known."""
    rotations = [group["alignment"].get("rotation", {}) for group in document["groups"]]
    if not any(rotations):
        return {}
    return {
        "spread °": [_number(each.get("spread_after"), 1) for each in rotations],
        "slope": [_number(each.get("slope"), 2) for each in rotations],
        "half turns %": [_number(each.get("half_turns"), 1, factor=100) for each in rotations],
    }


def _number(value: float | None, digits: int, *, factor: float = 1) -> str:
    return NOTHING if value is None else f"{factor * value:.{digits}f}"


def _has_repeats(document: Mapping[str, Any]) -> bool:
    """Return whether a group has results of several seeds."""
    metric = decisive_metric(document)
    return any(group[metric] and group[metric]["n"] > 1 for group in document["groups"])


def _has_results(document: Mapping[str, Any]) -> bool:
    """Return whether the baseline has finished cells."""
    baseline = document["baseline"]
    return any(group["seeds"] for group in document["groups"] if group["group"] == baseline)


def _names(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return name of a key -> its value for each group; the labels of groups without keys."""
    groups, keys = document["groups"], document["keys"]
    if not keys:
        return {"group": [text_cell(group["group"]) for group in groups]}
    return {
        name: [_value(group["values"], key) for group in groups]
        for name, key in zip(key_names(keys), keys, strict=True)
    }


def _value(values: Mapping[str, Any], key: str) -> str:
    return text_cell(value_text(values[key], DIGITS)) if key in values else NOTHING


def _seeds(group: Mapping[str, Any]) -> str:
    done, all_cells = len(group["seeds"]), group["num_cells"]
    return str(done) if done == all_cells else f"{done} of {all_cells}"


def _mean(sample: Mapping[str, Any] | None) -> str:
    if sample is None:
        return NOTHING
    std = "" if sample["std"] is None else f" ± {100 * sample['std']:.2f}"
    return f"{100 * sample['mean']:.2f}{std}"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.2f}"


def _interval(sample: Mapping[str, Any] | None) -> str:
    if sample is None or sample["interval"] is None:
        return NOTHING
    low, high = sample["interval"]
    return f"{100 * low:.2f} to {100 * high:.2f}"


def _time(seconds: float | None) -> str:
    try:
        return NOTHING if seconds is None else str(timedelta(seconds=round(seconds)))
    except OverflowError:  # a number of an untrusted run
        return NOTHING


def _best(document: Mapping[str, Any]) -> Iterator[str]:
    best = document["best"]
    if best["group"] is None:
        yield "no cell has a validation result"
        return
    group = next(each for each in document["groups"] if each["group"] == best["group"])
    if len(document["groups"]) > 1:
        yield (
            f"best group by validation: {best['group']}, {_mean(group['validation_accuracy'])} %, "
            f"of {_cells(len(group['seeds']))}"
        )
    yield f"best cell by validation: {best['cell']}, {_percent(best['accuracy'])} %"


def _gaps(group: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence about the cells of a group without a result."""
    states = {state: count for state, count in group["states"].items() if state != FINISHED}
    if not states:
        return
    parts = ", ".join(f"{count} {state}" for state, count in states.items())
    text = f"{group['group']}: {parts} of {_cells(group['num_cells'])}"
    if states.get("diverged") and group["seeds"]:
        text += "; the mean is that of the others, so it can be too high"
    yield text


def _failure(cell: Mapping[str, Any]) -> str:
    return f"{cell['cell']} failed: {cell['problem']}"


def _shortened(sentences: Sequence[str]) -> Iterator[str]:
    yield from sentences[:_MAX_SHOWN]
    if len(sentences) > _MAX_SHOWN:
        yield f"and {len(sentences) - _MAX_SHOWN} more; --json has all of them"


def _cells(number: int) -> str:
    return f"{number:,} {'cell' if number == 1 else 'cells'}"
