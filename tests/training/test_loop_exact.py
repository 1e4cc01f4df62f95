"""Training with a real network: reproducible draws, checkpoints, stops and resumes."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from stnctl.data.batches import batches, epoch_order
from stnctl.errors import DivergedError, EnvironmentFault
from stnctl.evaluation.batch_prediction import predict
from stnctl.evaluation.classification_metrics import cross_entropy
from stnctl.models.predictor import predictor
from stnctl.models.state import restore_training_state, restore_weights, training_state_of
from stnctl.runs.checkpoint_paths import checkpoint_folder, checkpoint_steps
from stnctl.runs.checkpoint_reader import follow_pointer, load_checkpoint, newest_valid_checkpoint
from stnctl.runs.metrics import read_metrics
from stnctl.runs.pointers import read_pointer
from stnctl.training import checkpointing, setup
from stnctl.training.callbacks import Interrupted
from stnctl.training.setup import make_model, open_loop
from tests.data.synthetic import write_npz
from tests.tiny import (
    NUM_STEPS,
    NUM_TRAIN,
    SIDE,
    RecordingCallback,
    make_job,
    make_run,
    without_times,
)

pytestmark = pytest.mark.usefixtures("keras_backend", "single_steps")


def train(job, run, callback=None):
    loop, warnings = open_loop(job, run, callback or RecordingCallback())
    assert warnings == []
    return loop.train()


def stop_after(job, run, step, *, first=0):
    with pytest.raises(Interrupted) as interruption:
        train(job, run, RecordingCallback(step=first, stop_at=[step]))
    assert interruption.value.step == step


def result_of(run):
    """Return the last arrays of a run, and all other results but times as plain data."""
    last = follow_pointer(run, "last")
    rest = {
        "steps": checkpoint_steps(run),
        "position": without_times(last.meta["position"]),
        "last": without_checksum(read_pointer(run, "last")),
        "best": without_checksum(read_pointer(run, "best")),
        "rows": read_metrics(run),
        "snapshots": run.snapshots.read_bytes(),
    }
    return last.arrays, rest


def without_checksum(pointer):
    return {key: value for key, value in pointer.items() if key != "sha256"}


def assert_same_bits(states, expected):
    assert list(states) == list(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(states[name], array, strict=True, err_msg=name)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Return the run of an uninterrupted training."""
    folder = tmp_path_factory.mktemp("reference")
    job = make_job(folder)
    run = make_run(job, folder)
    train(job, run)
    return run


@pytest.fixture(scope="module")
def initial_model(tmp_path_factory):
    model = make_model(make_job(tmp_path_factory.mktemp("network")))
    return model, training_state_of(model)


@pytest.fixture
def shared_model(initial_model, monkeypatch):
    reuse_model(monkeypatch, *initial_model)


def reuse_model(monkeypatch, model, start):
    """Reuse a model for all trainings, reset to its initial state, since compilation is slow."""

    def reset_model(_job):
        restore_training_state(model, start)
        return model

    monkeypatch.setattr(setup, "make_model", reset_model)


def test_train_result(reference):
    _, rest = result_of(reference)
    assert rest["steps"] == [NUM_STEPS, 2 * NUM_STEPS]
    assert [(metrics["epoch"], metrics["step"]) for metrics in rest["rows"]] == [(1, 3), (2, 6)]
    best = max(
        rest["rows"],
        key=lambda row: (row["validation_accuracy"], -row["validation_loss"]),
    )
    assert rest["best"] == {
        "schema_version": 1,
        "step": best["step"],
        "epoch": best["epoch"],
        "loss": best["validation_loss"],
        "accuracy": best["validation_accuracy"],
    }
    assert rest["last"] == {"schema_version": 1, "step": 6, "epoch": 2}
    assert rest["position"] == {
        "epoch": 2, "epoch_step": 0, "step": 6,
        "num_images": 0, "loss_sum": 0.0, "num_right": 0, "collapsed": False, "restarts": 0,
        "best": {key: rest["best"][key] for key in ("epoch", "step", "loss", "accuracy")},
    }  # fmt: skip


def test_train_depends_on_the_seed_only(job, run, reference, tmp_path):
    train(job, run)
    arrays, rest = result_of(run)
    expected_arrays, expected = result_of(reference)
    assert rest == expected
    assert_same_bits(arrays, expected_arrays)

    other = make_job(tmp_path, "seed=1")
    other_run = make_run(other, tmp_path, "other")
    train(other, other_run)
    arrays, rest = result_of(other_run)
    assert rest["rows"] != expected["rows"]
    for name in (name for name in arrays if name.endswith("kernel") and "model" in name):
        assert not np.array_equal(arrays[name], expected_arrays[name]), name


def test_train_stopped_after_each_step(job, run, reference):
    """Each step is taken by a new model, restored from the last checkpoint."""
    for step in range(1, 2 * NUM_STEPS + 1):
        stop_after(job, run, step, first=step - 1)
        assert read_pointer(run, "last")["step"] == step
    train(job, run)
    arrays, rest = result_of(run)
    expected_arrays, expected = result_of(reference)
    assert_same_bits(arrays, expected_arrays)
    assert rest == {**expected, "steps": rest["steps"]}
    assert expected["best"]["step"] in rest["steps"]


DISTORTIONS = ("R", "{set: TC, canvas: [18, 18], clutter_size: 4}")


def distorted_job(folder, distortion, *overrides):
    """Return a job on 297 training images, more than are rendered in one call."""
    write_npz(folder / "tiny.npz", train=330, side=SIDE)
    return make_job(folder, f"data.distortion={distortion}", *overrides)


@pytest.mark.parametrize("distortion", DISTORTIONS)
def test_train_distorted_stopped_within_epochs(tmp_path, monkeypatch, distortion):
    """A training resumed within an epoch has the distortions drawn for that epoch."""
    job = distorted_job(tmp_path, distortion, "train.batch_size=100")
    model = make_model(job)
    reuse_model(monkeypatch, model, training_state_of(model))
    whole, cut = make_run(job, tmp_path, "whole"), make_run(job, tmp_path, "cut")
    train(job, whole)
    stop_after(job, cut, 2)
    stop_after(job, cut, 4, first=2)
    train(job, cut)
    arrays, rest = result_of(cut)
    expected_arrays, expected = result_of(whole)
    assert_same_bits(arrays, expected_arrays)
    assert rest["rows"] == expected["rows"]


CHILD = """
import sys
from pathlib import Path

from stnctl.models.backend import start_backend
from tests.training.test_loop_exact import DISTORTIONS, sha256_of_epochs

start_backend(threads=1)
for number, distortion in enumerate(DISTORTIONS):
    print(sha256_of_epochs(Path(sys.argv[1]) / str(number), distortion, batch_size=256))
"""


def sha256_of_epochs(folder, distortion, *, batch_size):
    """Return the hash of all training inputs of two epochs."""
    folder.mkdir()
    job = distorted_job(folder, distortion)
    view = job.view("train", compiled=True)
    digest = hashlib.sha256()
    for epoch in range(2):
        order = epoch_order(job.config.seed, epoch, len(view))
        for batch in batches(view.examples(epoch), order, batch_size):
            digest.update(batch["U"].tobytes())
    return digest.hexdigest()


def test_distorted_inputs_are_equal_in_another_process(tmp_path):
    """The bytes do not depend on the number of threads and the batch size."""
    for name in ("parent", "child"):
        (tmp_path / name).mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "child")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    hashes = [
        sha256_of_epochs(tmp_path / "parent" / str(number), distortion, batch_size=100)
        for number, distortion in enumerate(DISTORTIONS)
    ]
    assert done.stdout.split() == hashes
    assert len(set(hashes)) == len(DISTORTIONS)


ALL_OPTIONS = (
    "data.distortion=RTS",
    "train.epochs=4",
    "train.optimizer=adamw",
    "train.weight_decay=0.1",
    "train.betas=[0.8, 0.99]",
    "train.learning_rate_of.classifier=0.5",
    "train.freeze.localization=5 steps",
    "train.clip_norm=0.5",
    "train.label_smoothing=0.1",
    "train.class_weights=balanced",
    "train.schedule=onecycle",
    "train.ema=0.8",
    "train.patience=3",
    "train.checkpoint_every=2 steps",
    "train.precision=bfloat16",
)


def test_train_with_all_options_stopped_and_resumed(tmp_path, monkeypatch):
    """Dropout, distortions, and all keys of the section train; stopped at three steps."""
    job = make_job(tmp_path, *ALL_OPTIONS)
    model = make_model(job)
    reuse_model(monkeypatch, model, training_state_of(model))
    whole, cut = make_run(job, tmp_path, "whole"), make_run(job, tmp_path, "cut")
    train(job, whole)
    for first, step in ((0, 1), (1, 5), (5, 6)):
        stop_after(job, cut, step, first=first)
    train(job, cut)
    arrays, rest = result_of(cut)
    expected_arrays, expected = result_of(whole)
    assert_same_bits(arrays, expected_arrays)
    assert rest == {**expected, "steps": rest["steps"]}
    assert (cut.metrics.read_bytes(), read_pointer(cut, "best")) == (
        whole.metrics.read_bytes(),
        read_pointer(whole, "best"),
    )


def test_train_validates_averaged_weights(tmp_path):
    """The validation of an epoch agrees with an evaluation of its checkpoint."""
    job = make_job(tmp_path, "train.ema=0.9", "train.epochs=1")
    run = make_run(job, tmp_path)
    loop, _ = open_loop(job, run, RecordingCallback())
    loop.train()
    [metrics] = read_metrics(run)
    losses = {}
    for name in ("average", "model"):
        state = {
            key: array
            for key, array in follow_pointer(run, "last").arrays.items()
            if key[:5] != "avera"
        }
        restore_weights(
            loop.model, follow_pointer(run, "last").arrays if name == "average" else state
        )
        examples = loop.job.examples("validation", compiled=True)
        logits = predict(predictor(loop.model), examples)
        losses[name] = float(cross_entropy(logits, examples.labels).mean())
    assert metrics["validation_loss"] == pytest.approx(losses["average"], rel=1e-6)
    assert abs(losses["average"] - losses["model"]) > 1e-3


@pytest.mark.usefixtures("shared_model")
def test_train_crashed_before_its_first_checkpoint(job, run, reference, monkeypatch):
    """A metrics row without its checkpoint is written again, not twice."""

    def crash(*_):
        raise EnvironmentFault("no space")

    with monkeypatch.context() as patch:
        patch.setattr(checkpointing, "save_checkpoint", crash)
        with pytest.raises(EnvironmentFault):
            train(job, run)
    assert len(read_metrics(run)) == 1
    assert newest_valid_checkpoint(run) == (None, [])
    train(job, run)
    assert run.metrics.read_bytes() == reference.metrics.read_bytes()


@pytest.mark.usefixtures("shared_model")
def test_train_stopped_at_the_end_of_an_epoch(job, run, monkeypatch):
    """The step's checkpoint gets the state after the epoch; a crash before that adds no row."""
    stop_after(job, run, NUM_STEPS)
    position = load_checkpoint(run, NUM_STEPS).meta["position"]
    assert (position["epoch"], position["epoch_step"]) == (0, NUM_STEPS)
    assert position["num_images"] == NUM_TRAIN
    assert read_metrics(run) == []

    def crash(*_):
        raise EnvironmentFault("no space")

    with monkeypatch.context() as patch:
        patch.setattr(checkpointing, "save_checkpoint", crash)
        with pytest.raises(EnvironmentFault):
            train(job, run)
    assert [metrics["step"] for metrics in read_metrics(run)] == [NUM_STEPS]

    stop_after(job, run, NUM_STEPS + 1, first=NUM_STEPS)
    position = load_checkpoint(run, NUM_STEPS).meta["position"]
    assert (position["epoch"], position["epoch_step"], position["num_images"]) == (1, 0, 0)
    assert [metrics["step"] for metrics in read_metrics(run)] == [NUM_STEPS]


def test_train_means_over_images(tmp_path):
    """If the weights do not change, the metrics of an epoch are those of one pass over it."""
    job = make_job(
        tmp_path,
        "train.learning_rate=1e-30",
        "train.epochs=1",
        "train.batch_size=30",
        "model.classifier.dropout=0.0",
        "model.transformer.localization.bottleneck={units: 3, activity_l2: 0.5}",
    )
    run = make_run(job, tmp_path)
    callback = RecordingCallback()
    loop, _ = open_loop(job, run, callback)
    loop.train()
    examples = loop.job.examples("train", compiled=True)
    logits = predict(predictor(loop.model), examples)
    bottleneck = loop.model.get_layer("localization_bottleneck").output
    units = predict(predictor(type(loop.model)(loop.model.input, bottleneck)), examples)
    penalty = 0.5 * (units**2).sum(axis=1).mean()
    [metrics] = read_metrics(run)
    assert penalty > 1e-3
    assert metrics["loss"] == pytest.approx(
        cross_entropy(logits, examples.labels).mean() + penalty, rel=1e-5
    )
    assert metrics["accuracy"] == pytest.approx((logits.argmax(axis=1) == examples.labels).mean())
    assert callback.means[-1] == (metrics["loss"], metrics["accuracy"])


@pytest.mark.parametrize("rate", [1e38, 1e39])
def test_train_rejects_an_infinite_loss(tmp_path, rate):
    job = make_job(tmp_path, f"train.learning_rate={rate:.0e}", "model.transformer=null")
    run = make_run(job, tmp_path)
    with pytest.raises(DivergedError, match=r"loss became (nan|inf) in step 2 ") as error:
        train(job, run)
    assert "lower train.learning_rate" in error.value.hint
    assert newest_valid_checkpoint(run) == (None, [])
    assert read_metrics(run) == []


@pytest.mark.usefixtures("shared_model")
def test_train_rejects_infinite_weights(job, run):
    """The loss of the step is finite, but the new weights are not."""
    loop, _ = open_loop(job, run, RecordingCallback(stop_at=[1]))
    loop.model.optimizer.learning_rate = np.inf
    with pytest.raises(DivergedError, match="a weight became infinite or NaN in step 1 "):
        loop.train()
    assert checkpoint_steps(run) == []


@pytest.mark.usefixtures("shared_model")
def test_train_diverged_keeps_the_last_checkpoint(job, run):
    stop_after(job, run, NUM_STEPS + 1)
    before = result_of(run)
    loop, _ = open_loop(job, run, RecordingCallback())
    loop.model.optimizer.learning_rate = np.inf
    with pytest.raises(DivergedError, match=f"nan in step {NUM_STEPS + 3} "):
        loop.train()
    after = result_of(run)
    assert_same_bits(after[0], before[0])
    assert after[1] == before[1]
    assert all(np.isfinite(array).all() for array in after[0].values())


@pytest.mark.usefixtures("shared_model")
def test_resume_without_the_best_checkpoint(job, run, reference):
    """If the best checkpoint is lost, the training continues and chooses another best epoch."""
    stop_after(job, run, NUM_STEPS + 1)
    [*_, state] = sorted(checkpoint_folder(run, NUM_STEPS).iterdir())
    state.write_bytes(b"")
    loop, warnings = open_loop(job, run, RecordingCallback())
    assert len(warnings) == 1
    assert "the best epoch so far, 1, is dropped: " in warnings[0]
    loop.train()
    assert follow_pointer(run, "best").step == 2 * NUM_STEPS
    arrays, rest = result_of(run)
    expected_arrays, expected = result_of(reference)
    assert_same_bits(arrays, expected_arrays)
    assert rest["rows"] == expected["rows"]
