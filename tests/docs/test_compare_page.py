"""The statistics on the page follow from its table of runs."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

PAGE = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)
ROWS = [row.split(" | ") for row in ROW.findall(PAGE)]
COLUMNS = {"validation": 8, "test": 10}


def results(name, split):
    """Return the accuracies of a group, in the order of its seeds."""
    rows = sorted(row for row in ROWS if row[0].startswith(f"{name}-s"))
    return np.array([float(row[COLUMNS[split]]) for row in rows])


@pytest.mark.parametrize("split", COLUMNS)
def test_statistics_of_groups(split):
    cnn, stn = results("cnn", split), results("stn", split)
    test = stats.permutation_test(
        (stn - cnn,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    tested = [f"{(stn - cnn).mean():+.4f}", "6", f"{test.pvalue:.3g}"]
    for name, values, further in (("cnn", cnn, ["-"] * 3), ("stn", stn, tested)):
        numbers = values.mean(), np.std(values, ddof=1)
        interval = stats.t.interval(0.95, 5, values.mean(), stats.sem(values))
        expected = [*numbers, *interval]
        found = next(
            row for row in ROWS if row[0] == name and abs(float(row[2]) - numbers[0]) < 1e-4
        )
        bounds = found[4].split(" to ")
        assert found[1] == str(len(values))
        assert [float(text) for text in (*found[2:4], *bounds)] == pytest.approx(expected, abs=1e-4)
        assert found[6:] == further[1:]
        if further[0] != "-":
            assert float(found[5]) == pytest.approx(float(further[0]), abs=1e-4)
