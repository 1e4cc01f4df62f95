"""Metrics, checkpoints and callbacks of the training loop, with a scripted model."""

import math
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.config.distortion_sets import NoDistortion, R
from stnctl.data.batches import epoch_order
from stnctl.data.split_view import network_input
from stnctl.errors import InputError
from stnctl.models.job import Job
from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import Checkpoint, follow_pointer
from stnctl.runs.metrics import read_metrics
from stnctl.runs.pointers import read_pointer
from stnctl.storage.jsonl import read_rows
from stnctl.training import loop as loop_module
from stnctl.training.callbacks import Interrupted
from stnctl.training.checkpointing import Checkpointer
from stnctl.training.loop import TrainLoop
from stnctl.training.loop_state import LoopState
from tests.tiny import BATCH_SIZE, NUM_STEPS, NUM_TRAIN, RecordingCallback, make_job, make_run


class ScriptedModel:
    """Model and stepper that returns given losses and accuracies, and records its batches."""

    max_steps = 4

    def __init__(self, results):
        self.results = iter(results)
        self.batches = []
        self.calls = []
        self.variables = []
        self.optimizer = SimpleNamespace(variables=[], use_ema=False)

    def __call__(self, arrays):
        U, labels = arrays.values()
        self.batches += zip(U, labels, strict=True)
        self.calls.append(len(U))
        return np.array([next(self.results) for _ in U])


@pytest.fixture
def scripted_loop(tmp_path, monkeypatch):
    """Return a function that makes a `TrainLoop` with scripted steps and validations."""
    validations = iter(())

    def predict(_model, _examples):
        accuracy, margin = next(validations)
        return logits_of(job.dataset.validation.labels, accuracy, margin)

    monkeypatch.setattr(loop_module, "predict", predict)
    monkeypatch.setattr(loop_module, "predictor", lambda model: model)
    monkeypatch.setattr(loop_module, "make_stepper", lambda model, *_: model)
    job = make_job(tmp_path, "model.transformer=null")

    def make(steps, scripted_validations, callback=None, *, distortion=NoDistortion(), **train):
        nonlocal validations
        validations = iter(scripted_validations)
        sections = {
            "train": job.config.train.model_copy(update=train),
            "data": job.config.data.model_copy(update={"distortion": distortion}),
        }
        config = job.config.model_copy(update=sections)
        model = ScriptedModel(steps)
        scripted = Job(config, job.dataset)
        run = make_run(scripted, tmp_path)
        return TrainLoop(
            model, scripted, run, callback or RecordingCallback(), {"environment": {"threads": 2}}
        )

    return make


def logits_of(labels, num_right, margin):
    """Return logits (N, 10), of which the first ``num_right`` are right, with one margin."""
    predicted = np.where(np.arange(len(labels)) < num_right, labels, (labels + 1) % 10)
    return margin * np.eye(10)[predicted]


@pytest.mark.parametrize(("batch_size", "num_steps"), [(60, 1), (61, 1), (59, 2), (25, 3), (1, 60)])
def test_num_steps_includes_a_partial_batch(scripted_loop, batch_size, num_steps):
    loop = scripted_loop([(1.0, 0.0)], [], batch_size=batch_size)
    assert loop.num_steps == num_steps


def test_train_means_with_a_partial_batch(scripted_loop):
    steps = [(2.0, 0.2), (1.0, 0.4), (6.0, 0.5)]
    callback = RecordingCallback()
    loop = scripted_loop(steps, [(3, 1.0)], callback, batch_size=25, epochs=1)
    loop.train()
    [metrics] = read_metrics(loop.run)
    assert metrics["loss"] == pytest.approx((25 * 2 + 25 * 1 + 10 * 6) / 60)
    assert metrics["accuracy"] == (5 + 10 + 5) / 60
    [times] = read_rows(loop.run.times)
    assert times["images_per_second"] == pytest.approx(60 / times["seconds"])
    assert metrics["validation_accuracy"] == 0.5
    wrong = math.log(math.e + 9)  # one logit of 1 and nine of 0
    assert metrics["validation_loss"] == pytest.approx(((wrong - 1) + wrong) / 2)
    assert callback.means == [(2.0, 0.2), (1.5, 0.3), (metrics["loss"], metrics["accuracy"])]


def test_train_uses_each_image_once_per_epoch(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(1, 1.0)] * 2)
    loop.train()
    train = loop.job.dataset.train
    for epoch in range(2):
        batches = loop.model.batches[epoch * NUM_STEPS : (epoch + 1) * NUM_STEPS]
        assert [len(labels) for _, labels in batches] == [BATCH_SIZE] * NUM_STEPS
        order = epoch_order(loop.config.seed, epoch, NUM_TRAIN)
        U = np.concatenate([U for U, _ in batches])
        np.testing.assert_array_equal(U, network_input(train.images, "unit")[order])
        labels = np.concatenate([labels for _, labels in batches])
        np.testing.assert_array_equal(labels, train.labels[order])


@pytest.mark.usefixtures("keras_backend")
def test_train_draws_new_distortions_in_each_epoch(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(1, 1.0)] * 2, distortion=R())
    loop.train()
    batches = [U for U, _ in loop.model.batches]
    epochs = np.concatenate(batches[:NUM_STEPS]), np.concatenate(batches[NUM_STEPS:])
    in_order = []
    for number, U in enumerate(epochs):
        order = epoch_order(loop.config.seed, number, NUM_TRAIN)
        examples = loop.job.view("train", compiled=True).examples(number)
        np.testing.assert_array_equal(U, examples.inputs(order))
        in_order.append(U[np.argsort(order)])
    assert (in_order[0] != in_order[1]).any(axis=(1, 2, 3)).all()


def test_train_calls_its_callback(scripted_loop):
    callback = RecordingCallback()
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(3, 1.0), (2, 1.0)], callback)
    state = loop.train()
    assert state == loop.state
    assert callback.starts == [(1, 0, NUM_STEPS), (2, 0, NUM_STEPS)]
    assert callback.means == [(1.0, 0.5)] * 2 * NUM_STEPS
    assert [best for _, best in callback.ends] == [True, False]
    assert [metrics.numbers() for metrics, _ in callback.ends] == read_metrics(loop.run)


@pytest.mark.usefixtures("single_steps")
def test_train_calls_its_callback_after_a_stop(scripted_loop):
    callback = RecordingCallback(stop_at=[NUM_STEPS + 1])
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(3, 1.0)] * 2, callback)
    with pytest.raises(Interrupted, match=f"after step {NUM_STEPS + 1}"):
        loop.train()
    loop.train()
    assert callback.starts == [(1, 0, NUM_STEPS), (2, 0, NUM_STEPS), (2, 1, NUM_STEPS)]
    assert [metrics["step"] for metrics in read_metrics(loop.run)] == [NUM_STEPS, 2 * NUM_STEPS]


@pytest.mark.parametrize(
    ("validations", "best_epochs", "message"),
    [
        ([(2, 1.0), (4, 0.1), (3, 9.0)], [1, 2, 2], "the higher accuracy, for any loss"),
        ([(4, 1.0), (4, 2.0), (4, 1.5)], [1, 2, 2], "of equal accuracies, the lower loss"),
        ([(4, 1.0), (4, 1.0), (4, 1.0)], [1, 1, 1], "of equal epochs, the first"),
        ([(0, 9.0), (0, 1.0), (1, 9.0)], [1, 2, 3], "an accuracy of 0 counts"),
    ],
)
def test_train_chooses_the_best_epoch(scripted_loop, validations, best_epochs, message):
    loop = scripted_loop([(1.0, 0.5)] * 3 * NUM_STEPS, validations, epochs=3)
    best_pointers = []

    def record(_metrics, *, best):
        pointer = read_pointer(loop.run, "best")
        best_pointers.append(pointer["epoch"])
        assert pointer["step"] == pointer["epoch"] * NUM_STEPS
        assert pointer["step"] in checkpoint_steps(loop.run)
        assert best == (pointer["epoch"] == loop.state.epoch)

    loop.callback.on_epoch_end = record
    loop.train()
    assert best_pointers == best_epochs, message
    metrics = read_metrics(loop.run)
    best = read_pointer(loop.run, "best")
    assert best["accuracy"] == metrics[best_epochs[-1] - 1]["validation_accuracy"]
    assert best["loss"] == metrics[best_epochs[-1] - 1]["validation_loss"]


@pytest.mark.parametrize(
    ("patience", "right", "epochs"),
    [
        (1, [2, 3, 3, 4], 3),
        (2, [2, 1, 3, 3, 3, 4], 5),
        (2, [4, 3, 3, 4], 3),
        (None, [4, 3, 2, 1], 4),
    ],
)
def test_train_stops_early(scripted_loop, patience, right, epochs):
    """Only a better epoch restarts the patience, and a stopped training stays stopped."""
    loop = scripted_loop(
        [(1.0, 0.5)] * len(right) * NUM_STEPS,
        [(number, 1.0) for number in right],
        epochs=len(right),
        patience=patience,
    )
    loop.train()
    assert len(read_metrics(loop.run)) == epochs
    assert loop.state.is_stopped_early(loop.config.train) is (patience is not None)
    state = loop.state
    assert loop.train() == state


def test_train_saves_checkpoints_within_epochs(scripted_loop, monkeypatch):
    """The last step of an epoch is saved once, after the validation."""
    saved = []
    save = Checkpointer.save

    def record(self, state, arrays):
        saved.append((state.epoch, state.epoch_step))
        save(self, state, arrays)

    monkeypatch.setattr(Checkpointer, "save", record)
    steps = [(1.0, 0.5)] * 12
    loop = scripted_loop(steps, [(1, 1.0)] * 2, batch_size=10, epochs=2, checkpoint_every="2 steps")
    loop.train()
    assert saved == [(0, 2), (0, 4), (1, 0), (1, 2), (1, 4), (2, 0)]
    assert loop.model.calls == [1, 1, 2, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("batch_size", "calls"), [(10, [1, 4, 1, 4, 2]), (25, [1, 1, 1, 2, 1]), (60, [1, 1])]
)
def test_train_groups_steps(scripted_loop, batch_size, calls):
    """A call has batches of one size and epoch, and not more than the stepper can take."""
    steps = [(1.0, 0.5)] * 12
    loop = scripted_loop(steps, [(1, 1.0)] * 2, batch_size=batch_size, epochs=2)
    loop.train()
    assert loop.model.calls == calls


def test_checkpoints_record_the_environment(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * NUM_STEPS, [(1, 1.0)], epochs=1)
    loop.train()
    assert follow_pointer(loop.run, "last").meta["environment"] == {"threads": 2}


def test_train_stops_after_a_validation(scripted_loop, monkeypatch):
    """A stop request during a validation takes effect when its checkpoint is saved."""
    callback = RecordingCallback()
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(3, 1.0), (2, 1.0)], callback)

    scripted_predict = vars(loop_module)["predict"]

    def request_stop(*arguments):
        callback.stop_at.add(callback.step)
        return scripted_predict(*arguments)

    monkeypatch.setattr(loop_module, "predict", request_stop)
    with pytest.raises(Interrupted, match=f"after step {NUM_STEPS}"):
        loop.train()
    assert read_pointer(loop.run, "last") | {"epoch": 1, "step": NUM_STEPS} == read_pointer(
        loop.run, "last"
    )


def test_resume_rejects_a_checkpoint_of_another_step(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)], [])
    meta = {"position": asdict(LoopState(step=10**12))}
    with pytest.raises(InputError, match="of step 3 declares step 1000000000000"):
        loop.resume(Checkpoint(3, {}, meta))


def test_train_of_a_complete_training_does_nothing(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * NUM_STEPS, [(1, 1.0)], epochs=1)
    state = loop.train()
    assert loop.train() == state
    assert len(read_metrics(loop.run)) == 1
