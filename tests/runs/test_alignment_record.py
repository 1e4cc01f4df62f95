import pytest

from stnctl.runs.alignment_record import alignment_of, known_parts, mean_alignment

ROW = {"transformer": "stn", "part": "rotation", "spread_after": 12.5, "slope": 0.75, "unit": "°"}


def test_alignment_of_the_first_transformer():
    rows = [
        ROW,
        ROW | {"part": "scale", "slope": None},
        ROW | {"transformer": "stn_2", "slope": 0.1},
        ROW | {"transformer": "image moments", "slope": 0.2},
    ]
    assert alignment_of({"alignment": rows}) == {
        "rotation": {"spread_after": 12.5, "slope": 0.75},
        "scale": {"spread_after": 12.5},
    }


@pytest.mark.parametrize(
    "value", [None, [], {}, "x", [3], [{"transformer": []}], [ROW | {"part": ["x"]}]]
)
def test_alignment_of_other_values(value):
    assert alignment_of({"alignment": value}) == alignment_of({}) == {}


def test_known_parts_of_hostile_values():
    parts = {"rotation": {"slope": "1", "spread_after": 1e308, "x": 1}, "other": {"slope": 1.0}}
    assert known_parts(parts) == {"rotation": {}}
    assert known_parts(parts | {"scale": 3}) == {"rotation": {}}
    assert known_parts(3) == {}


def test_mean_alignment():
    runs = [
        {"rotation": {"slope": 0.5, "spread_after": 10.0}},
        {"rotation": {"slope": 1.0}},
        {"scale": {"slope": 1.0}},
        {},
    ]
    assert mean_alignment(runs) == {
        "rotation": {"spread_after": 10.0, "slope": 0.75},
        "scale": {"slope": 1.0},
    }
    assert mean_alignment([]) == {}
