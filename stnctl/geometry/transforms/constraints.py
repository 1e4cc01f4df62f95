"""Constraints on affine matrices: fixed entries and their values.

None leaves an entry free, a number fixes it, as in `AffineWarpConstraints` of DeepMind's Sonnet 1.
"""

import math
from collections.abc import Sequence
from numbers import Real

Row = tuple[float | None, float | None, float | None]
Constraints = tuple[Row, Row]

FREE: Constraints = ((None, None, None), (None, None, None))
NO_SHEAR: Constraints = ((None, 0.0, None), (0.0, None, None))
NO_TRANSLATION: Constraints = ((None, None, 0.0), (None, None, 0.0))


def constraints(rows: Sequence[Sequence[float | None]]) -> Constraints:
    """Return checked constraints from two rows of three entries, a b tx and c d ty.

    Raises:
        ValueError: If there are not two rows of three, an entry is neither None nor a finite
            number, or no entry is free.
    """
    if len(rows) != 2 or any(len(row) != 3 for row in rows):
        raise ValueError(f"constraints must be two rows of three, a b tx and c d ty, got {rows}")
    first, second = map(_row, rows)
    if None not in (*first, *second):
        raise ValueError(f"constraints must leave an entry free (None), got {rows}")
    return first, second


def combine(first: Constraints, second: Constraints) -> Constraints:
    """Return constraints that fix each entry that ``first`` or ``second`` fixes.

    Raises:
        ValueError: If the two fix an entry to different numbers, or together fix all entries.
    """
    return constraints(
        [
            [_agreed(a, b) for a, b in zip(one, other, strict=True)]
            for one, other in zip(first, second, strict=True)
        ]
    )


def _row(entries: Sequence[float | None]) -> Row:
    a, b, shift = map(_entry, entries)
    return a, b, shift


def _entry(value: float | None) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"a constraint must be None or a finite number, got {value!r}")
    return float(value)


def _agreed(a: float | None, b: float | None) -> float | None:
    if a is None or b is None or a == b:
        return b if a is None else a
    raise ValueError(f"constraints fix the same entry to {a} and to {b}")
