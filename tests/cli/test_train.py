import hashlib
import json
import re

import pytest

from stnctl.config.load import load_config
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import read_record
from tests.cli.in_process import outcome
from tests.image_files import size

REPLACED = ("--set", "model={transformer: null, classifier: {filters: [3], units: 3}}")
"""A network without a layer of the run `stn`."""

CLOSED_PORT = "http://127.0.0.1:9/mnist.npz"


def state(run):
    arrays = follow_pointer(run, "last").arrays
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}


def test_train_writes_a_complete_run(project):
    stdout, stderr = ((project / f"train.{name}").read_text() for name in ("stdout", "stderr"))
    run = RunDirectory(project / "runs" / "stn")
    assert stdout == "runs/stn\n"
    lines = stderr.splitlines()
    assert lines[0] == "run   runs/stn"
    assert [line.split()[1] for line in lines if line.startswith("epoch")] == ["1/2", "2/2"]
    assert lines[-2:] == ["next  stnctl eval runs/stn", "      stnctl inspect runs/stn --bad 9"]
    assert "\x1b" not in stderr
    assert "tensorflow" not in stderr.lower()
    assert "epoch 2/2" in run.log.read_text()
    assert load_config(run.config).model.classifier.filters == (4,)
    assert [row["epoch"] for row in read_metrics(run)] == [1, 2]
    record = read_record(run)
    assert record["argv"] == ["train", "tiny.yaml", "--name", "stn"]
    assert record["environment"]["threads"] == 1
    assert [event["event"] for event in record["events"]] == ["start", "end"]
    assert run.model.stat().st_size > 1000
    assert min(size(run.history)) > 900
    assert (project / "runs" / ".gitignore").read_text() == "*\n"


def test_train_resume_adds_epochs(project, in_project):
    first = in_project("train", "tiny.yaml", "--name", "more", "--set", "train.epochs=1", "-q")
    assert first.returncode == 0
    done = in_project("train", "--resume", "more", "--set", "train.epochs=2", "--json")
    document = json.loads(done.stdout)
    assert document["run"] == "runs/more"
    assert [row["epoch"] for row in document["epochs"]] == [1, 2]
    seconds = [row["seconds"] for row in document["epochs"]]
    assert document["seconds"] == sum(seconds) > min(seconds) > 0
    assert document["seconds_per_epoch"] == sum(seconds) / 2
    assert document["images_per_second"] > 0
    best = max(row["validation_accuracy"] for row in document["epochs"])
    assert document["best"]["accuracy"] == best
    assert state(RunDirectory(project / "runs" / "more")) == state(
        RunDirectory(project / "runs" / "stn")
    )


def test_train_resume_of_a_finished_run(in_project):
    done = in_project("train", "--resume", "stn")
    assert (done.returncode, done.stdout) == (0, "runs/stn\n")
    assert "--set train.epochs=" in done.stderr
    document = json.loads(in_project("train", "--resume", "stn", "--json").stdout)
    assert [row["epoch"] for row in document["epochs"]] == [1, 2]


def test_train_dry_run_writes_nothing(in_project):
    freeze = "train.freeze.localization=always"
    done = in_project(
        "train", "tiny.yaml", "--dry-run", "--json", "--runs-dir", "dry", "--set", freeze
    )
    document = json.loads(done.stdout)
    model = document["model"]
    sizes = {row["name"]: row["num_params"] for row in model["layers"]}
    assert model["num_params"] == sum(sizes.values())
    frozen = sum(size for name, size in sizes.items() if name.startswith(("local", "theta")))
    assert 0 < model["num_trainable"] == model["num_params"] - frozen
    assert model["multiply_adds"] == sum(row["multiply_adds"] for row in model["layers"])
    assert sizes["classifier_conv1"] == 9 * 4 + 4
    assert model["training_bytes"] > 4 * 48 * 12 * 12
    assert document["data"]["shapes"]["train"] == [48, 12, 12, 1]
    assert document["config"]["train"]["batch_size"] == 16
    assert document["run"].startswith("dry/tiny-")
    assert not (in_project.folder / "dry").exists()
    assert document["data"]["inputs"] == document["data"]["shapes"]


def test_train_dry_run_prints_shapes_of_inputs(in_project):
    distortion = "data.distortion={set: RTS, canvas: [16, 20]}"
    few = ("--set", "data.train_size=9")
    done = in_project(
        "train", "tiny.yaml", "--dry-run", "--runs-dir", "dry", "--set", distortion, *few
    )
    assert "spatial_transformer" in done.stdout
    assert "data tiny.npz, distortion: RTS\n" in done.stdout
    assert re.search(r"train +\(9, 12, 12, 1\) +\(9, 16, 20, 1\)", done.stdout)
    assert re.search(r"validation +\(16, 12, 12, 1\) +\(16, 16, 20, 1\)", done.stdout)
    assert "no run was made" in done.stdout


def test_train_warns_of_lost_mass(in_project):
    away = "data.distortion=[{step: shift, distance: [300, 400]}]"
    done = in_project("train", "tiny.yaml", "--dry-run", "--set", away)
    assert done.returncode == 0
    assert "on average 100.0% of a digit's mass leaves the canvas" in done.stderr


def test_train_that_diverges(project, in_project):
    settings = ("--set", "train.learning_rate=3e38", "--set", "train.optimizer=sgd")
    done = in_project("train", "tiny.yaml", "--name", "wild", *settings)
    assert done.returncode == 5, done.stderr
    assert "learning rate 3e+38" in done.stderr
    assert done.stdout == ""
    run = RunDirectory(project / "runs" / "wild")
    assert read_record(run)["events"][-1]["event"] == "diverged"
    assert not run.model.exists()


def test_train_offline_falls_back_with_a_warning(project, in_project):
    offline = {"STNCTL_MNIST_URL": CLOSED_PORT, "STNCTL_CACHE_DIR": str(project / "cache")}
    offline["KERAS_HOME"] = str(project / "keras")
    settings = ("--set", "data.source=mnist", "--set", "train.epochs=1", "--name", "fallback")
    stopped = in_project("train", "tiny.yaml", *settings, **offline)
    assert stopped.returncode == 4
    assert "data.source=PATH" in stopped.stderr
    assert not (project / "runs" / "fallback").exists()
    done = in_project("train", "tiny.yaml", *settings, "--set", "data.offline=digits", **offline)
    assert done.returncode == 0, done.stderr
    warning, run, *_ = done.stderr.splitlines()
    assert "WARNING" in warning
    assert run == "run   runs/fallback"
    record = read_record(RunDirectory(project / "runs" / "fallback"))
    assert record["data"]["source"] == "digits"
    assert "digits" in record["data"]["warning"]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("train",), 2, "stnctl train stn_rts"),
        (("train", "tiny.yml"), 2, "did you mean tiny.yaml?"),
        (("train", "bad.yaml"), 2, "bad.yaml:2:3: train.lerning_rate: unknown key"),
        (("train", "tiny.yaml", "--set", "train.epoch=3"), 2, "did you mean epochs?"),
        (("train", "tiny.yaml", "--set", "seed"), 2, "--set"),
        (("train", "tiny.yaml", "--seed", "-1"), 2, "seed"),
        (("train", "tiny.yaml", "--name", "stn"), 2, "stnctl train --resume runs/stn"),
        (("train", "tiny.yaml", "--name", "stn", "--dry-run"), 2, "exists already"),
        (("train", "tiny.yaml", "--data", "x.npz"), 2, "--set data.source=x.npz"),
        (("train", "--resume", "stn", "--set", "train.epochs=1"), 2, "has finished 2 epochs"),
        (("train", "tiny.yaml", "--name", "../x"), 2, "../x"),
        (("train", "tiny.yaml", "--set", "data.source=no.npz"), 3, "no.npz"),
        (("train", "tiny.yaml", "--set", "model.classifier.filters=[4, 4, 4]"), 2, "12x12"),
        (("train", "--resume", "nothing"), 3, "nothing"),
        (("train", "--resume", "stn", "--start-from", "stn"), 2, "takes no --start-from"),
        (
            ("train", "tiny.yaml", "--start-from", "nothing"),
            3,
            "train.start_from: no run 'nothing'",
        ),
        (
            ("train", "tiny.yaml", "--start-from", "stn", *REPLACED),
            3,
            "no layer of stn, epoch",
        ),
        (
            ("train", "tiny.yaml", "--set", "train.class_weights=[1, 2]"),
            2,
            "class_weights=[1, 2]: expected 10 weights, one for each class of the data, got 2",
        ),
        (("train", "tiny.yaml", "--resume", "stn"), 2, "--resume"),
        (("train", "--resume", "stn", "--set", "seed=3"), 2, "seed"),
        (("train", "tiny.yaml", "--runs-dir", "tiny.npz/x"), 4, "tiny.npz"),
    ],
)
def test_train_rejects(in_project, args, code, message):
    (in_project.folder / "bad.yaml").write_text("train:\n  lerning_rate: 1\n", encoding="utf-8")
    before = sorted(in_project.folder.glob("runs/*"))
    done = in_project(*args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert sorted(in_project.folder.glob("runs/*")) == before


@pytest.mark.parametrize(
    ("precision", "is_fast", "warned"),
    [("bfloat16", False, True), ("bfloat16", True, False), ("bfloat16", None, False),
     ("float32", False, False)],
)  # fmt: skip
def test_train_warns_of_a_slow_precision(monkeypatch, precision, is_fast, warned):
    monkeypatch.setattr("stnctl.models.precision.is_fast_in_bfloat16", lambda: is_fast)
    settings = ("--set", "data.source=digits", "--set", f"train.precision={precision}")
    code, _, error = outcome("train", "cnn", "--dry-run", *settings)
    assert code == 0
    assert ("no instructions for bfloat16" in error) == warned
