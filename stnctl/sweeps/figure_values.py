"""Values of the figures of a sweep, from its table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from stnctl.errors import StnctlError
from stnctl.figures.band_curves import MAX_BANDS, Band
from stnctl.figures.heat_map import HeatMap
from stnctl.figures.size_curves import SizeCurve
from stnctl.figures.value_slices import MAX_SLICES, ValueSlice
from stnctl.reports.text_tables import NOTHING
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_epochs
from stnctl.sweeps.cells import group_key, group_label, value_text
from stnctl.sweeps.sweep_table import FINISHED
from stnctl.sweeps.table_text import DIGITS, decisive_metric, key_names

TRAIN_SIZE = "data.train_size"

VALIDATION = "validation accuracy (%)"

Document = Mapping[str, Any]
"""The result of `stnctl.sweeps.sweep_table.sweep_table`."""

_LARGEST = 1e30


def best_bands(document: Document) -> list[Band]:
    """Return the curves of the best groups by validation, at most `MAX_BANDS`, as in the table."""
    known = [group for group in document["groups"] if group["validation_accuracy"]]
    ranked = sorted(known, key=lambda group: -float(group["validation_accuracy"]["mean"]))
    shown = {group["group"] for group in ranked[:MAX_BANDS]}
    trainings: dict[str, list[Any]] = {
        group["group"]: [] for group in known if group["group"] in shown
    }
    for cell in document["cells"]:
        if cell["group"] in shown and cell["state"] == FINISHED and cell["run"]:
            trainings[cell["group"]].append(_epochs(Path(cell["run"])))
    bands = [Band.of(label, rows) for label, rows in trainings.items()]
    return [band for band in bands if band is not None]


def heat_map(document: Document, keys: Sequence[str]) -> HeatMap:
    """Return the mean validation accuracy of the groups over the values of two keys."""
    axes = [distinct_values(document, key) for key in keys]
    values = np.full([len(axis) for axis in axes], np.nan)
    for group in document["groups"]:
        if group["validation_accuracy"]:
            marks = [_mark(group["values"], key) for key in keys]
            place = tuple(list(axis).index(mark) for axis, mark in zip(axes, marks, strict=True))
            values[place] = 100 * group["validation_accuracy"]["mean"]
    rows, columns = (list(axis.values()) for axis in axes)
    return HeatMap(values, rows, columns, keys[0], keys[1], VALIDATION)


def value_slices(document: Document) -> tuple[list[ValueSlice], np.ndarray]:
    """Return a slice for each key, at most `MAX_SLICES`, and the results (n,) of n cells in %.

    A result of a cell that is not finished is NaN.
    """
    cells, keys = document["cells"], document["keys"][:MAX_SLICES]
    results = [
        100 * cell["validation_accuracy"]
        if cell["state"] == FINISHED and cell["validation_accuracy"] is not None
        else np.nan
        for cell in cells
    ]
    slices = [_slice(document, key, name) for key, name in zip(keys, key_names(keys), strict=True)]
    return slices, np.array(results, np.float64)


def size_curves(document: Document) -> list[SizeCurve]:
    """Return the error over the number of training images: a curve for each group of other values.

    The error is that on the test images, if it is known, or else on the validation images.
    """
    metric = decisive_metric(document)
    points: dict[str, dict[float, Mapping[str, Any]]] = {}
    labels: dict[str, str] = {}
    for group in document["groups"]:
        size = group["values"].get(TRAIN_SIZE)
        if _is_number(size) and size > 0 and group[metric]:
            others = {key: value for key, value in group["values"].items() if key != TRAIN_SIZE}
            mark = group_key(others)
            points.setdefault(mark, {})[size] = group[metric]
            labels.setdefault(mark, group_label(others))
    return [_size_curve(labels[mark], samples) for mark, samples in points.items()]


def distinct_values(document: Document, key: str) -> dict[str | None, str]:
    """Return the values of a key as JSON -> their short texts; numbers in ascending order.

    A group without the key has the mark None.
    """
    found = [group["values"] for group in document["groups"]]
    if all(_is_number(values.get(key)) for values in found):
        found = sorted(found, key=lambda values: values[key])
    return {
        _mark(values, key): value_text(values[key], DIGITS) if key in values else NOTHING
        for values in found
    }


def _slice(document: Document, key: str, name: str) -> ValueSlice:
    values = [cell["values"] for cell in document["cells"]]
    if all(_is_number(each[key]) for each in values if key in each):
        numbers = [each.get(key, np.nan) for each in values]
        return ValueSlice(name, np.array(numbers, np.float64))
    names = distinct_values(document, key)
    places = {mark: place for place, mark in enumerate(names)}
    numbers = [places[_mark(each, key)] for each in values]
    return ValueSlice(name, np.array(numbers, np.float64), list(names.values()))


def _size_curve(label: str, samples: Mapping[float, Mapping[str, Any]]) -> SizeCurve:
    sizes = sorted(samples)
    low, high = zip(*(samples[size]["interval"] or (np.nan, np.nan) for size in sizes), strict=True)
    means = [samples[size]["mean"] for size in sizes]
    error, lower, upper = (100 - 100 * np.array(each, np.float64) for each in (means, high, low))
    return SizeCurve(label, np.array(sizes, np.float64), error, lower, upper)


def _mark(values: Mapping[str, Any], key: str) -> str | None:
    return group_key({key: values[key]}) if key in values else None


def _is_number(value: Any) -> TypeGuard[float]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < _LARGEST


def _epochs(run: Path) -> list[dict[str, Any]]:
    try:
        return read_epochs(RunDirectory(run))
    except StnctlError:
        return []
