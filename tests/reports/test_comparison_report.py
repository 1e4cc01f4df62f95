import pytest

from stnctl.figures.training_curves import Training
from stnctl.reports.comparison_report import STORED, compare, write_comparison
from stnctl.storage.json_files import json_bytes
from tests.image_files import size
from tests.reports.synthetic_run import write_run

REPORT = {"accuracy": 0.75, "loss": 0.5, "run": "a"}


@pytest.fixture
def runs(tmp_path):
    """Write two seeds of one configuration, and another run."""
    names = [("x-1", 1, ""), ("x-2", 2, ""), ("y", 1, "train: {epochs: 2}\n")]
    return [write_run(tmp_path / name, seed=seed, config=config) for name, seed, config in names]


def test_compare_has_the_curves(runs):
    found = compare(runs).trainings
    assert [training.label for training in found] == ["x", "x", "y"]
    assert [row["validation_accuracy"] for row in found[0].rows] == [0.5, 0.75]


def test_compare_of_unreadable_metrics(runs):
    runs[0].metrics.write_bytes(b"x\n")
    assert compare(runs[:1]).trainings == (Training("x-1", []),)


def test_compare_with_reports(runs):
    """They replace the stored results."""
    measured = {**STORED, "distortion": "R"}
    document = compare(runs[:2], measured=measured, reports=[REPORT, REPORT]).document
    assert [(row["test_accuracy"], row["test_loss"]) for row in document["runs"]] == [
        (0.75, 0.5)
    ] * 2
    assert (document["measured"], document["evaluations"]) == (measured, [REPORT, REPORT])


def test_compare_names_its_files(runs, tmp_path):
    """The names of the other runs and a hash of their paths; also the measurement."""
    assert compare(runs[:1]).stem == "compare"
    two, three = (compare(some).stem for some in (runs[:2], runs))
    assert two.startswith("compare-with-x-2-")
    assert three.startswith("compare-with-x-2-y-")
    elsewhere = write_run(tmp_path / "other" / "x-2", seed=2)
    assert compare([runs[0], elsewhere]).stem.rpartition("-")[0] == two.rpartition("-")[0]
    assert compare([runs[0], elsewhere]).stem != two
    measured = {**STORED, "checkpoint": "last", "distortion": "{set: R}"}
    found = compare(runs[:2], measured=measured, reports=[REPORT, REPORT]).stem
    assert found.startswith("compare-set_R-last-with-x-2-")


def test_write_comparison(runs, tmp_path):
    comparison = compare(runs)
    document, figure = write_comparison(tmp_path / "eval", comparison)
    assert document.read_bytes() == json_bytes(comparison.document)
    assert min(size(figure)) > 400
