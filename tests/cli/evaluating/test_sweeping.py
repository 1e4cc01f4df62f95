from pathlib import Path
from types import SimpleNamespace

import pytest

from stnctl.cli import console
from stnctl.cli.evaluating.sweeping import _labels, _note_other_images, _render, _stem


@pytest.mark.parametrize(
    ("split", "checkpoint", "runs", "stem"),
    [
        ("test", "best", ["a"], "sweep-rotation"),
        ("validation", "last", ["a"], "sweep-rotation-validation-last"),
        ("test", "best", ["a", "b"], "sweep-rotation-with-b"),
        ("test", "best", list("abc"), "sweep-rotation-with-b-c"),
        ("test", "best", list("abcde"), "sweep-rotation-with-b-c-and-2-more"),
    ],
)
def test_stem_tells_sweeps_apart(split, checkpoint, runs, stem):
    named = [{"run": run} for run in runs]
    report = {"sweep": "rotation", "split": split, "checkpoint": checkpoint, "runs": named}
    assert _stem(report) == stem


def loaded(path="runs/a", *, sha256="1", shape=(28, 28, 1), seed=0):
    return SimpleNamespace(
        run=SimpleNamespace(path=Path(path), name=Path(path).name),
        dataset=SimpleNamespace(sha256=sha256),
        view=lambda split: SimpleNamespace(input_shape=shape, seed=seed),
    )


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        (["runs/a", "runs/b"], ["a", "b"]),
        (["runs/a", "old/a", "runs/b"], ["runs/a", "old/a", "runs/b"]),
    ],
)
def test_labels_tell_runs_apart(paths, labels):
    assert _labels([loaded(path) for path in paths]) == labels


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, []),
        ({"shape": (42, 42, 1)}, ["they differ in the canvas"]),
        ({"sha256": "2", "seed": 1}, ["they differ in data, the seed of the draws"]),
    ],
)
def test_note_other_images_says_why(monkeypatch, other, words):
    notes = []
    monkeypatch.setattr(console, "note", notes.append)
    _note_other_images([loaded(), loaded(**other)], "test")
    assert [note.rpartition(": ")[2] for note in notes] == words


def test_render_has_a_row_for_each_value_and_a_column_for_each_run(monkeypatch):
    tables, lines = [], []
    monkeypatch.setattr(console, "result_table", lambda *table: tables.append(table))
    monkeypatch.setattr(console, "result", lines.append)
    curves = [{"error_percent": [2.0, 12.345]}, {"error_percent": [1.0, 100.0]}]
    report = {"sweep": "corner_std", "unit": "pixels", "values": [0.0, 2.5], "split": "test"}
    _render({**report, "runs": curves}, ["a", "b"], [Path("x.json"), Path("x.png")])
    title = "error % on test by corner_std in pixels"
    rows = [["0", "2.00", "1.00"], ["2.5", "12.35", "100.00"]]
    assert tables == [(title, ["corner_std", "a", "b"], rows)]
    assert lines == ["x.json", "x.png"]
