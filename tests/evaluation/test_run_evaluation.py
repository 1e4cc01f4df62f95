import json
import math

import numpy as np
import pytest

from stnctl.config.distortion_sets import R
from stnctl.config.distortion_steps import ResizeCanvas
from stnctl.config.load import parse_config
from stnctl.data.dataset import Dataset
from stnctl.evaluation.robustness import DistortionOverride
from stnctl.evaluation.run_evaluation import evaluate_run, write_evaluation
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from stnctl.storage.json_files import json_bytes, parse_json
from tests.data.distortions.examples import noise
from tests.given_outputs import loaded_with
from tests.image_files import size


class FirstClass:
    """Network that predicts class 0 for each image, and records its inputs."""

    def __init__(self):
        self.inputs = []

    def __call__(self, U):
        self.inputs.append(U)
        return np.eye(10)[np.zeros(len(U), int)]


class ExtremeLogits(FirstClass):
    """Network with logits of ±3e38, whose differences overflow in float32."""

    def __call__(self, U):
        logits = super().__call__(U).astype("float32")
        return np.where(logits > 0, np.float32(3e38), np.float32(-3e38))


def run_of(num_test, tmp_path, model):
    train, validation, test = (noise(number, (9, 9)) for number in (9, 8, num_test))
    dataset = Dataset(train, validation, test, "noise", "0" * 64, 10)
    config = parse_config("model: {classifier: {filters: []}}", where="x")
    job = Job(config, dataset)
    return loaded_with(RunDirectory(tmp_path / "x"), job, model, num_epochs=3)


@pytest.fixture
def network():
    return FirstClass()


@pytest.fixture
def loaded(tmp_path, keras_backend, network):
    """Return a loaded run with 20 test images, 2 of each class."""
    return run_of(20, tmp_path, network)


@pytest.mark.parametrize(
    ("split", "checkpoint", "stem"),
    [("test", "best", "test"), ("validation", "last", "validation-last")],
)
def test_evaluate_run_stem(loaded, split, checkpoint, stem):
    assert evaluate_run(loaded, split=split, checkpoint=checkpoint).stem == stem


def test_evaluate_run_report(loaded):
    evaluation = evaluate_run(loaded, split="test", checkpoint="best")
    report = evaluation.report
    assert (report["run"], report["data"], report["epoch"]) == ("x", "noise", 3)
    assert (report["split"], report["checkpoint"]) == ("test", "best")
    assert (report["num_examples"], report["accuracy"]) == (20, 0.1)
    assert report["confusion"] == [[2, *[0] * 9]] * 10
    assert (evaluation.subject, evaluation.note) == ("test", None)
    assert "distortion" not in report


def test_evaluate_run_under_another_distortion(loaded, network):
    override = DistortionOverride("{set: R, canvas: [9, 9]}", R(canvas=(9, 9)))
    evaluation = evaluate_run(loaded, split="test", checkpoint="best", override=override)
    assert evaluation.stem == "test-set_R_canvas_9_9"
    assert evaluation.subject == "test under {set: R, canvas: [9, 9]}"
    assert evaluation.report["distortion"]["set"] == "R"
    plain = loaded.examples("test").inputs(np.arange(20))
    assert not np.array_equal(network.inputs[-1], plain)


def test_evaluate_run_notes_another_canvas(loaded):
    override = DistortionOverride("[{step: canvas, size: [5, 7]}]", (ResizeCanvas(size=(5, 7)),))
    note = evaluate_run(loaded, split="test", checkpoint="best", override=override).note
    assert note == (
        "the canvas is the network's, 9x9 pixels; that of the distortion by itself is 5x7"
    )


def test_write_evaluation_writes_report_and_figure(loaded, tmp_path):
    evaluation = evaluate_run(loaded, split="test", checkpoint="last")
    paths = write_evaluation(tmp_path / "eval", evaluation)
    assert paths == [tmp_path / "eval" / f"test-last.{suffix}" for suffix in ("json", "png")]
    assert json.loads(paths[0].read_text(encoding="utf-8")) == evaluation.report
    assert min(size(paths[1])) >= 400


@pytest.mark.usefixtures("keras_backend")
@pytest.mark.parametrize("model", [FirstClass, ExtremeLogits])
@pytest.mark.parametrize("num_test", [1, 20])
def test_evaluate_run_report_is_strict_json(tmp_path, num_test, model):
    """One image, absent classes, a single predicted class, and losses up to 6e38."""
    evaluation = evaluate_run(run_of(num_test, tmp_path, model()), split="test", checkpoint="best")
    report = parse_json(json_bytes(evaluation.report), "report")
    assert report == evaluation.report
    assert report["recall"] == ([1.0] + [0.0 if num_test > 1 else None] * 9)
    assert report["precision"] == [0.1 if num_test > 1 else 1.0] + [None] * 9
    largest = 6e38 if model is ExtremeLogits else math.log(math.e + 9)
    right = largest - 1 if model is FirstClass else 0.0
    wrong = 0.9 if num_test > 1 else 0.0
    expected = wrong * largest + (1 - wrong) * right
    assert report["loss"] == pytest.approx(expected, rel=1e-6)


def test_evaluate_run_without_a_duration(loaded, monkeypatch):
    """A coarse clock may measure no time at all."""
    monkeypatch.setattr("time.monotonic", lambda: 5.0)
    report = evaluate_run(loaded, split="test", checkpoint="best").report
    assert report["seconds"] == 0
    assert math.isfinite(report["images_per_second"])
