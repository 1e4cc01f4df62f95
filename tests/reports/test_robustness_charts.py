import json

import pytest

from stnctl.reports.robustness_charts import robustness_charts
from stnctl.runs.directory import RunDirectory

SWEEP = {
    "sweep": "corner_std",
    "unit": "pixels",
    "split": "test",
    "values": [0.0, 1.5, 3.0],
    "runs": [{"run": "a", "error_percent": [1.0, 2.0, 4.0]}],
}


def charts_of(folder, *documents):
    run = RunDirectory(folder)
    run.eval.mkdir()
    for number, document in enumerate(documents):
        (run.eval / f"sweep-{number}.json").write_text(json.dumps(document), encoding="utf-8")
    (run.eval / "test.json").write_text(json.dumps(SWEEP), encoding="utf-8")
    return robustness_charts(run, "r0")


def test_charts_of_the_sweeps(tmp_path):
    [chart] = charts_of(tmp_path, SWEEP)
    assert chart.title == "Error by corner std (test)"
    assert chart.svg.startswith("<svg")
    assert "corner std (pixels)" in chart.svg


@pytest.mark.parametrize(
    "change",
    [
        {"values": []},
        {"values": [0.0, "1", 3.0]},
        {"values": [0.0, True, 3.0]},
        {"values": [0.0, 1.0]},
        {"values": [0.0, 1.0, 1e300]},
        {"unit": None},
        {"split": 7},
        {"runs": []},
        {"runs": [{"run": 7, "error_percent": [1.0, 2.0, 4.0]}]},
        {"runs": [{"run": "a"}]},
        {"runs": "a"},
    ],
)
def test_other_documents_are_left_out(tmp_path, change):
    assert charts_of(tmp_path, {**SWEEP, **change}) == []


def test_damaged_files_are_left_out(tmp_path):
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "sweep-1.json").write_bytes(b"{")
    assert robustness_charts(RunDirectory(tmp_path), "r0") == []
    assert robustness_charts(RunDirectory(tmp_path / "other"), "r0") == []
