import math

import pytest

from stnctl.sweeps.sweep_table import sweep_table
from stnctl.sweeps.table_csv import cell_rows, group_rows
from tests.sweeps.test_sweep_table import cell, cells


def dicts(table):
    header, rows = table
    assert len(set(header)) == len(header)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_group_rows():
    document = sweep_table("x", [*cells(), cell({"base": "stn"}, 9, state="diverged")])
    cnn, stn, _ = dicts(group_rows(document))
    assert (stn["group"], stn["base"], stn["num_cells"]) == ("stn", "stn", 7)
    assert (stn["finished"], stn["diverged"], stn["missing"]) == (6, 1, 0)
    sample = document["groups"][1]["test_accuracy"]
    low, high = sample["interval"]
    assert [stn[f"test_accuracy_{name}"] for name in ("n", "mean", "std", "low", "high")] == [
        6, sample["mean"], sample["std"], low, high
    ]  # fmt: skip
    assert stn["test_accuracy_difference_mean"] == pytest.approx(0.03)
    assert stn["test_accuracy_difference_adjusted_p"] == 4 / 64
    assert cnn["test_accuracy_difference_p"] is None


def test_group_rows_without_results():
    [row] = dicts(group_rows(sweep_table("x", [cell({}, 0, None, state="missing")])))
    assert (row["group"], row["missing"], row["validation_accuracy_mean"]) == ("all", 1, None)


def test_cell_rows():
    values = [0.1, None, True, [1, "a"], {"b": 2}, "text"]
    found = [cell({"train.x": value}, n, math.pi / 4) for n, value in enumerate(values)]
    rows = dicts(cell_rows(sweep_table("x", [*found, cell({"train.y": 1}, 9)])))
    assert [row["train.x"] for row in rows] == [
        0.1, "null", "true", '[1, "a"]', '{"b": 2}', "text", None
    ]  # fmt: skip
    assert rows[0]["run"] == "runs/0.1-s0"
    assert rows[0]["validation_accuracy"] == math.pi / 4
