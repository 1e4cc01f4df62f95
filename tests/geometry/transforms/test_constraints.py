import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.constraints import (
    FREE,
    NO_SHEAR,
    NO_TRANSLATION,
    combine,
    constraints,
)

ONLY_TRANSLATION = ((1.0, 0.0, None), (0.0, 1.0, None))
ENTRY = st.none() | st.sampled_from([0.0, 1.0, -2.0])
ROW = st.tuples(ENTRY, ENTRY, ENTRY)
ROWS = st.tuples(ROW, ROW).filter(lambda rows: None in (*rows[0], *rows[1]))
MASK = st.tuples(*[st.booleans()] * 5, st.just(False))


def masked(whole, mask):
    """Return constraints that fix those of six entries that are True in the mask."""
    entries = [value if fixed else None for value, fixed in zip(whole, mask, strict=True)]
    return tuple(entries[:3]), tuple(entries[3:])


def agrees(*many):
    """Return whether no entry is fixed to two numbers, and one stays free."""
    fixed = [{rows[k // 3][k % 3] for rows in many} - {None} for k in range(6)]
    return all(len(values) < 2 for values in fixed) and not all(fixed)


def test_constraints_preset():
    """Lists become tuples, whole numbers become floats; None stays None and 0 stays 0."""
    found = constraints([[None, 0, np.float32(0.5)], [0.0, None, -1]])
    assert found == ((None, 0.0, 0.5), (0.0, None, -1.0))
    numbers = [entry for row in found for entry in row if entry is not None]
    assert all(type(entry) is float for entry in numbers)


@given(rows=ROWS)
def test_constraints_roundtrip(rows):
    """JSON, where None is null, and a second check leave them unchanged."""
    assert constraints(json.loads(json.dumps(constraints(rows)))) == rows
    assert Affine(rows) == Affine(json.loads(json.dumps(rows)))
    assert hash(Affine(rows)) == hash(Affine(rows))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[None, 0, 0]], "must be two rows of three, a b tx and c d ty, got"),
        ([[None, 0], [0, 1]], "must be two rows of three"),
        ([[None] * 4, [None] * 3], "must be two rows of three"),
        ([[1, 0, 0], [0, 1, 0]], r"must leave an entry free \(None\), got \[\[1, 0, 0\]"),
        ([[np.nan, None, 0], [0, 1, 0]], "must be None or a finite number, got nan"),
        ([[None, np.inf, 0], [0, 1, 0]], "must be None or a finite number, got inf"),
        ([[None, True, 0], [0, 1, 0]], "must be None or a finite number, got True"),
        ([[None, "0", 0], [0, 1, 0]], "must be None or a finite number, got '0'"),
    ],
)
def test_constraints_rejects(rows, message):
    with pytest.raises(ValueError, match=message):
        constraints(rows)


def test_combine_preset():
    """A fixed zero is not lost to None, on either side."""
    expected = ((None, 0.0, 0.0), (0.0, None, 0.0))
    assert combine(NO_SHEAR, NO_TRANSLATION) == expected
    assert combine(NO_TRANSLATION, NO_SHEAR) == expected
    assert combine(NO_SHEAR, ONLY_TRANSLATION) == ONLY_TRANSLATION


@given(rows=ROWS)
def test_combine_identity(rows):
    assert combine(rows, FREE) == combine(FREE, rows) == combine(rows, rows) == rows


@given(first=ROWS, second=ROWS)
@settings(max_examples=2 * settings().max_examples)
def test_combine_random_commutes(first, second):
    """The order is irrelevant if they agree; if not, either order is an error."""
    if agrees(first, second):
        assert combine(first, second) == combine(second, first)
    else:
        for pair in ((first, second), (second, first)):
            with pytest.raises(ValueError, match=r"to .* and to|leave an entry free"):
                combine(*pair)


@given(whole=st.tuples(*[st.sampled_from([0.0, 1.0, -2.0])] * 6), masks=st.tuples(*[MASK] * 3))
def test_combine_random_associates(whole, masks):
    """Three that fix parts of one matrix, and leave its last entry free, in either order."""
    first, second, third = (masked(whole, mask) for mask in masks)
    expected = masked(whole, map(any, zip(*masks, strict=True)))
    assert combine(combine(first, second), third) == expected
    assert combine(first, combine(second, third)) == expected


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (NO_SHEAR, ((None, 1.0, None), (None,) * 3), r"same entry to [01]\.0 and to [01]\.0"),
        (ONLY_TRANSLATION, NO_TRANSLATION, r"leave an entry free \(None\)"),
    ],
)
def test_combine_rejects(first, second, message):
    for pair in ((first, second), (second, first)):
        with pytest.raises(ValueError, match=message):
            combine(*pair)
