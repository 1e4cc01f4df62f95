import json

import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset
from stnctl.errors import UsageError
from stnctl.evaluation.distortion_sweep import Sweep
from stnctl.evaluation.file_names import MAX_NAME
from stnctl.evaluation.sweep_report import comparison_notes, sweep_runs, write_sweep
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from tests.data.distortions.examples import noise
from tests.given_outputs import loaded_with
from tests.image_files import size


class FirstClass:
    """Network that predicts class 0 for each image."""

    def __call__(self, U):
        return np.eye(10)[np.zeros(len(U), int)]


@pytest.fixture
def loaded(tmp_path, keras_backend):
    """Return a function that makes a loaded run, given its path below a folder."""

    def make(path, *overrides, sha256="0" * 64):
        train, validation, test = (noise(number, (9, 9)) for number in (9, 8, 20))
        dataset = Dataset(train, validation, test, "noise", sha256, 10)
        job = Job(parse_config("", where="x", overrides=overrides), dataset)
        return loaded_with(RunDirectory(tmp_path / path), job, FirstClass(), num_epochs=3)

    return make


def report_of(runs, sweep, *, split="test", checkpoint="best"):
    def observe(_label):
        return lambda _done, _total: None, lambda _number, _error: None

    return sweep_runs(runs, sweep, split=split, checkpoint=checkpoint, observe=observe)


@pytest.mark.parametrize(
    ("split", "checkpoint", "stem"),
    [
        ("test", "best", "sweep-rotation--30_0_7.5"),
        ("validation", "best", "sweep-rotation--30_0_7.5-validation"),
        ("test", "last", "sweep-rotation--30_0_7.5-last"),
        ("train", "last", "sweep-rotation--30_0_7.5-train-last"),
    ],
)
def test_sweep_runs_stem_of_one_run(loaded, split, checkpoint, stem):
    sweep = Sweep("rotation", (-30.0, 0.0, 7.5))
    assert report_of([loaded("x")], sweep, split=split, checkpoint=checkpoint).stem == stem


def test_sweep_runs_stem_names_other_runs(loaded):
    """Runs of the same names at other paths have another stem."""
    sweep = Sweep("scale", (1.0,))
    paths = ["a/x", "a/y", "a/z"]
    stem = report_of([loaded(path) for path in paths], sweep).stem
    start, _, checksum = stem.rpartition("-")
    assert start == "sweep-scale-1-with-y-z"
    assert len(checksum) == 8
    moved = report_of([loaded(path.replace("a/", "b/")) for path in paths], sweep).stem
    assert moved.startswith(start)
    assert moved != stem


def test_sweep_runs_stem_of_many_values_is_short_and_unique(loaded):
    values = [value + 0.12345 for value in range(20)]
    stems = {
        report_of([loaded("x")], Sweep("shift", (*values, last))).stem for last in (20.0, 21.0)
    }
    assert len(stems) == 2
    assert max(map(len, stems)) <= MAX_NAME


def test_sweep_runs_checks_all_runs_and_values_first(loaded):
    """The third value is impossible for the second run only, and nothing is evaluated."""
    runs = [loaded("x", "data.distortion={set: T, canvas: [20, 20]}"), loaded("y")]
    seen = []
    with pytest.raises(UsageError, match=r"^corner_std=4\.5: corners that move by 4\.5 pixels"):
        sweep_runs(
            runs,
            Sweep("corner_std", (0.0, 1.0, 4.5)),
            split="test",
            checkpoint="best",
            observe=seen.append,
        )
    assert seen == []


def test_sweep_runs_document(loaded):
    """18 of 20 images are not of class 0, the class that the model predicts."""
    sweep = Sweep("rotation", (-15.0, 30.0))
    report = report_of([loaded("x", "data.distortion=R"), loaded("y")], sweep)
    document = report.document
    assert report.labels == ["x", "y"]
    assert (document["sweep"], document["unit"]) == ("rotation", "degrees")
    assert (document["split"], document["checkpoint"]) == ("test", "best")
    assert document["values"] == [-15.0, 30.0]
    first, second = document["runs"]
    assert (first["run"], first["epoch"], first["num_examples"]) == ("x", 3, 20)
    assert (first["trained_range"], second["trained_range"]) == ([-90.0, 90.0], None)
    assert first["error_percent"] == second["error_percent"] == [pytest.approx(90.0)] * 2
    assert first["sharpness"] == second["sharpness"]
    assert all(0.2 < value < 0.9 for value in (*first["sharpness"], first["trained_sharpness"]))
    assert second["trained_sharpness"] == 1


def test_write_sweep_writes_document_and_figure(loaded, tmp_path):
    report = report_of([loaded("x")], Sweep("rotation", (0.0, 10.0)))
    paths = write_sweep(tmp_path / "eval", report)
    assert paths == [
        tmp_path / "eval" / f"sweep-rotation-0_10.{suffix}" for suffix in ("json", "png")
    ]
    assert json.loads(paths[0].read_text(encoding="utf-8")) == report.document
    assert min(size(paths[1])) >= 400


@pytest.mark.parametrize(
    ("overrides", "sha256", "notes"),
    [
        ((), "0" * 64, []),
        ((), "1" * 64, ["they differ in data"]),
        (("data.test_seed=7",), "0" * 64, ["they differ in the random seed"]),
        (
            ("data.distortion={set: T, canvas: [20, 20]}",),
            "1" * 64,
            ["they differ in data, the canvas"],
        ),
        (
            ("data.distortion={set: addition, canvas: [9, 9]}",),
            "0" * 64,
            ["they differ in the canvas", "the runs have 10 and 19 classes"],
        ),
    ],
)
def test_comparison_notes(loaded, overrides, sha256, notes):
    runs = [loaded("x"), loaded("y", *overrides, sha256=sha256)]
    found = list(comparison_notes(runs, "test"))
    assert len(found) == len(notes)
    assert all(expected in note for expected, note in zip(notes, found, strict=True))
