"""Columns of the alignment of a transformer, for the tables of evaluations and comparisons."""

from collections.abc import Mapping

from stnctl.reports.text_tables import NOTHING
from stnctl.runs.alignment_record import UNITS

ALIGNMENT_TITLE = "alignment: spread of the drawn distortion, and of what is left"
ALIGNMENT_HEADER = ("part", "drawn", "left", "median", "slope", "half turns %")

_SPREADS = ("spread_before", "spread_after", "median_after")


def alignment_cells(part: str, numbers: Mapping[str, float | None]) -> list[str]:
    """Return the cells of `ALIGNMENT_HEADER` for one part of the pose.

    Args:
        part: A key of `UNITS`.
        numbers: The numbers of the part, see `stnctl.runs.alignment_record.NUMBERS`.
    """
    unit = UNITS[part]
    return [
        f"{part} in {unit}" if unit else part,
        *(_cell(numbers, name, ".3g") for name in _SPREADS),
        _cell(numbers, "slope", ".2f"),
        _cell(numbers, "half_turns", ".1f", factor=100),
    ]


def _cell(numbers: Mapping[str, float | None], name: str, form: str, *, factor: int = 1) -> str:
    value = numbers.get(name)
    return NOTHING if value is None else f"{factor * value:{form}}"
