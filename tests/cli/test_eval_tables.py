from pathlib import Path

import numpy as np
import pytest

from stnctl.cli import console
from stnctl.cli.eval_tables import MAX_COLUMNS, print_evaluation, print_sweep
from stnctl.evaluation.classification_metrics import measure
from stnctl.evaluation.run_evaluation import Evaluation
from stnctl.evaluation.sweep_report import SweepReport


@pytest.fixture
def tables(monkeypatch):
    """Record the printed tables as (title, header, rows)."""
    printed = []
    monkeypatch.setattr(console, "result_table", lambda *table: printed.append(table))
    return printed


def evaluation_of(labels, predicted, num_classes, alignment=None):
    """Return an evaluation of given labels and predicted classes."""
    report = {"run": "x", "data": "digits", "epoch": 2, "seconds": 1.5, "images_per_second": 9.6}
    report |= {"alignment": alignment, "classes": [str(label) for label in range(num_classes)]}
    metrics = measure(np.eye(num_classes)[predicted], np.array(labels))
    return Evaluation(report, metrics, "test", "test")


def test_print_evaluation_confusion_has_true_rows_and_predicted_columns(tables):
    """Three examples of class 0 are predicted as 2, and none of class 2 as 0."""
    print_evaluation(evaluation_of([0, 0, 0, 0, 1, 2], [0, 2, 2, 2, 1, 2], 3), [])
    _, (title, header, rows) = tables
    assert title == "confusion: rows are true classes, columns predicted ones"
    assert header == ["true", "0", "1", "2", "prec", "recall"]
    assert rows == [
        ["0", "1", "·", "3", "1.000", "0.250"],
        ["1", "·", "1", "·", "1.000", "1.000"],
        ["2", "·", "·", "1", "0.250", "1.000"],
    ]


def test_print_evaluation_metrics_and_files(tables, capsys):
    print_evaluation(evaluation_of([0, 1], [0, 0], 2), [Path("a.json"), Path("a.png")])
    title, header, [row] = tables[0]
    assert title == "x: test of digits, epoch 2"
    assert dict(zip(header, row, strict=True)) == {
        "loss": "0.8133",
        "accuracy": "0.5000",
        "error %": "50.00",
        "examples": "2",
        "seconds": "1.5",
        "images/s": "10",
    }
    assert capsys.readouterr().out.splitlines() == ["a.json", "a.png"]


def test_print_evaluation_of_absent_classes(tables):
    print_evaluation(evaluation_of([0, 1], [0, 0], 3), [])
    _, (_, _, rows) = tables
    assert [row[-2:] for row in rows] == [["0.500", "1.000"], ["-", "0.000"], ["-", "-"]]


def test_print_evaluation_of_many_classes_has_no_confusion_matrix(tables):
    print_evaluation(evaluation_of([0, 1], [0, 1], MAX_COLUMNS + 1), [])
    _, (title, header, rows) = tables
    assert (title, header) == ("classes", ["true", "prec", "recall"])
    assert rows[:2] == [["0", "1.000", "1.000"], ["1", "1.000", "1.000"]]


def test_print_evaluation_alignment(tables):
    numbers = {"spread_before": 51.77, "spread_after": 18.84, "median_after": 11.351}
    rows = [
        {"part": "rotation", "unit": "degrees", **numbers, "slope": 1.049, "half_turns": 0.0021},
        {"part": "shear", "unit": "", **numbers, "slope": None, "half_turns": None},
    ]
    alignment = [{"transformer": "first"} | row for row in rows]
    print_evaluation(evaluation_of([0, 1], [0, 1], 2, alignment), [])
    _, header, found = tables[-1]
    shown = ["51.8", "18.8", "11.4"]
    assert header[2:] == ["drawn", "left", "median", "slope", "half turns %"]
    assert found == [
        ["first", "rotation in degrees", *shown, "1.05", "0.2"],
        ["first", "shear", *shown, "-", "-"],
    ]


@pytest.mark.parametrize(
    ("name", "unit", "title"),
    [
        ("rotation", "degrees", "error % on test by rotation in degrees"),
        ("scale", "factor", "error % on test by scale"),
    ],
)
@pytest.mark.parametrize(
    ("other", "headings", "cells"),
    [
        ([1.0, 0.625], ["sharpness"], [["1.00"], ["0.62"]]),
        ([0.5, 1.0], ["cnn: sharpness", "stn: sharpness"], [["1.00", "0.50"], ["0.62", "1.00"]]),
    ],
)
def test_print_sweep(tables, capsys, name, unit, title, other, headings, cells):
    """The sharpness is printed once if it is the same for all runs."""
    curves = [
        {"error_percent": [1.0, 2.5], "sharpness": [1.0, 0.625]},
        {"error_percent": [3.0, 40.0], "sharpness": other},
    ]
    document = {
        "sweep": name, "unit": unit, "split": "test", "values": [-1.0, 0.5], "runs": curves,
    }  # fmt: skip
    print_sweep(SweepReport(document, ["cnn", "stn"], "sweep"), [Path("s.json")])
    rows = [["-1", "1.00", "3.00", *cells[0]], ["0.5", "2.50", "40.00", *cells[1]]]
    assert tables == [(title, [name, "cnn", "stn", *headings], rows)]
    assert capsys.readouterr().out == "s.json\n"
