import pytest

from stnctl.sweeps.sweep_table import sweep_table
from stnctl.sweeps.table_text import (
    cell_text_table,
    key_names,
    sweep_remarks,
    sweep_text_table,
)
from tests.sweeps.test_sweep_table import cell, cells

RATE = "train.learning_rate"


def rows(table):
    """Return the rows as dicts by the names of the columns."""
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def document_of(*found, baseline=None):
    return sweep_table("x", found, baseline)


def test_sweep_text_table():
    table = sweep_text_table(document_of(*cells()))
    assert table.title == (
        "sweep x: 18 cells, 18 finished; interval of the test accuracy, and its difference from cnn"
    )
    cnn, stn, _ = rows(table)
    assert stn == {
        "base": "stn", "seeds": "6", "val. accuracy %": "93.45 ± 0.36",
        "test accuracy %": "92.75 ± 0.19", "95 % interval": "92.55 to 92.95",
        "difference": "+3.00", "pairs": "6", "p": "0.0312",
        "adjusted p": "0.0625 (too few seeds)", "parameters": "3,000", "time": "0:00:12",
    }  # fmt: skip
    assert (cnn["difference"], cnn["adjusted p"]) == ("-", "-")


def test_sweep_text_table_has_the_alignment():
    """It has the mean rotation over the seeds; a group without a transformer has none."""
    turned = [
        cell({"base": "stn"}, seed, alignment={"rotation": numbers})
        for seed, numbers in enumerate(
            [
                {"spread_after": 10.0, "slope": 0.5, "half_turns": 0.25},
                {"spread_after": 20.0, "slope": 1.0},
            ]
        )
    ]
    cnn, stn = rows(sweep_text_table(document_of(cell({"base": "cnn"}, 0), *turned)))
    assert (stn["spread °"], stn["slope"], stn["half turns %"]) == ("15.0", "0.75", "25.0")
    assert (cnn["spread °"], cnn["slope"], cnn["half turns %"]) == ("-", "-", "-")


def test_sweep_text_table_of_one_seed():
    """It has neither a standard deviation nor tests."""
    found = [cell({"base": "a", RATE: rate}, 0, rate) for rate in (0.1, 0.25)]
    table = sweep_text_table(document_of(*found))
    assert table.title == "sweep x: 2 cells, 2 finished"
    assert rows(table)[1] == {
        "base": "a", "learning_rate": "0.25", "seeds": "1", "val. accuracy %": "25.00",
        "parameters": "-", "time": "-",
    }  # fmt: skip


def test_sweep_text_table_of_different_keys():
    """A group without a key has no value of it. The table of one group has its label."""
    found = [cell({}, 0), cell({RATE: None}, 0), cell({"data.x": [1, {"a": "b"}]}, 0)]
    table = sweep_text_table(document_of(*found))
    assert [row[:2] for row in table.rows] == [["-", "-"], ["null", "-"], ["-", "[1,{a:b}]"]]
    assert rows(sweep_text_table(document_of(cell({}, 0))))[0]["group"] == "all"


def test_sweep_text_table_of_missing_cells():
    found = [cell({"base": "a"}, 0), cell({"base": "a"}, 1, None, state="missing")]
    [row] = rows(sweep_text_table(document_of(*found)))
    assert (row["seeds"], row["val. accuracy %"]) == ("1 of 2", "50.00")


def test_cell_text_table():
    found = [cell({"base": "a"}, 0, 0.5, 0.25, seconds=90, epochs=3),
             cell({"base": "b"}, 0, None, state="missing")]  # fmt: skip
    table = cell_text_table(document_of(*found))
    assert table.title == "sweep x: 2 cells, 1 finished"
    assert list(table.rows) == [
        ["a-s0", "finished", "3", "50.00", "25.00", "0:01:30"],
        ["b-s0", "missing", "-", "-", "-", "-"],
    ]


def test_sweep_remarks():
    assert list(sweep_remarks(document_of(*cells()))) == [
        "best group by validation: stn, 93.45 ± 0.36 %, of 6 cells",
        "best cell by validation: stn-s5, 93.90 %",
        "6 pairs are too few to decide in 2 comparisons: the adjusted p is at least 0.0625; for "
        "p <= 0.05, 7 or more seeds are needed",
    ]


def test_sweep_remarks_of_one_seed():
    """One seed per group is no repetition, so nothing is said about tests."""
    found = [cell({"base": name}, 0) for name in "ab"]
    assert [text.split(":")[0] for text in sweep_remarks(document_of(*found))] == [
        "best group by validation",
        "best cell by validation",
    ]


def test_sweep_remarks_name_what_is_missing():
    found = [
        cell({"base": "a"}, 0, 0.5),
        cell({"base": "a"}, 1, 0.9, state="diverged"),
        cell({"base": "a"}, 2, None, state="missing"),
        cell({"base": "b"}, 0, None, state="failed", problem="out of memory"),
        cell({"base": "b"}, 1, 0.4, state="running"),
    ]
    assert list(sweep_remarks(document_of(*found)))[2:] == [
        "a: 1 diverged, 1 missing of 3 cells; the mean is that of the others, so it can be too "
        "high",
        "b: 1 failed, 1 running of 2 cells",
        "b-s0 failed: out of memory",
    ]


def test_sweep_remarks_are_shortened():
    found = [cell({"base": str(n)}, 0, None, state="failed", problem="x") for n in range(25)]
    texts = list(sweep_remarks(document_of(*found)))
    assert texts[0] == "no cell has a validation result"
    assert texts.count("and 15 more; --json has all of them") == 2
    assert len(texts) == 24


@pytest.mark.parametrize(
    ("baseline", "text"),
    [
        ({"base": "z"}, "no group has the values of the baseline, z: no tests"),
        ({"base": "b"}, "the baseline b has no finished cell: no tests"),
    ],
)
def test_sweep_remarks_on_the_baseline(baseline, text):
    found = [cell({"base": "a"}, 0), cell({"base": "b"}, 0, None, state="missing")]
    assert text in list(sweep_remarks(document_of(*found, baseline=baseline)))


def test_sweep_remarks_on_repeated_seeds():
    found = [cell({"base": "a"}, 1, 0.5), cell({"base": "a"}, 1, 0.7)]
    assert "a has cells of the same seed; they count once, with their mean" in list(
        sweep_remarks(document_of(*found))
    )


def test_key_names():
    assert key_names(["base", RATE, "a.x", "b.x"]) == ["base", "learning_rate", "a.x", "b.x"]


@pytest.mark.parametrize("value", [10**400, 1e308, "\x1b[31m\n", "", {"a": ["\u202e"] * 99}, True])
def test_texts_of_hostile_values(value):
    found = [cell({"train.\x1b": value}, 0, 1.0, seconds=1e300), cell({"train.\x1b": 0}, 0)]
    document = document_of(*found)
    table = sweep_text_table(document)
    assert not {"\x1b", "\u202e", "\n"} & set("".join(table.rows[0]))
    assert len(table.rows[0][0]) <= 64
    assert rows(table)[0]["time"] == "-"
    assert list(sweep_remarks(document))
