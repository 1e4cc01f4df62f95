"""Alignment of a run, from the report of its evaluation. The report may be untrusted."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from stnctl.runs.summary_files import number

UNITS = {"rotation": "degrees", "scale": "octaves", "shear": "", "shift_x": "px", "shift_y": "px"}
"""Part of a pose -> its unit. The scale is the base-2 logarithm of the mean factor."""

NUMBERS = ("spread_before", "spread_after", "median_after", "slope", "half_turns")
"""Numbers of a part, see `stnctl.evaluation.alignment.Alignment`."""

PartNumbers = dict[str, dict[str, float]]
"""Part of a pose -> name -> number; unknown ones are left out."""


def part_name(part: str) -> str:
    """Return the name of a part with its unit, such as ``rotation (degrees)``."""
    name, unit = part.replace("_", " "), UNITS[part]
    return f"{name} ({unit})" if unit else name


def alignment_of(report: Mapping[str, Any]) -> PartNumbers:
    """Return the alignment of the first transformer in a report; {} if there is none."""
    match report.get("alignment"):
        case [{"transformer": name}, *_] as rows:
            own = [row for row in rows if isinstance(row, dict) and row.get("transformer") == name]
            return known_parts({str(row.get("part")): row for row in own})
    return {}


def known_parts(value: Any) -> PartNumbers:
    """Return the parts and the numbers of a value that may be anything."""
    if not isinstance(value, dict):
        return {}
    found = {}
    for part in UNITS:
        if isinstance(value.get(part), dict):
            numbers = {name: number(value[part].get(name)) for name in NUMBERS}
            found[part] = {name: each for name, each in numbers.items() if each is not None}
    return found


def mean_alignment(alignments: Sequence[PartNumbers]) -> PartNumbers:
    """Return the mean of each number over the runs that have it."""
    means: PartNumbers = {}
    for part in UNITS:
        known = [each[part] for each in alignments if part in each]
        values = {name: [each[name] for each in known if name in each] for name in NUMBERS}
        if known:
            means[part] = {name: fmean(found) for name, found in values.items() if found}
    return means
