"""The bookkeeping of a training, with a network whose numbers are written down."""

import math
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.config.distortion_sets import NoDistortion, R
from stnctl.data.batches import epoch_order
from stnctl.data.split_view import network_input
from stnctl.errors import InputError
from stnctl.evaluation.predict import predict
from stnctl.models.job import Job
from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import Checkpoint, follow_pointer, read_pointer
from stnctl.runs.metrics import read_metrics
from stnctl.storage.jsonl import read_rows
from stnctl.training import loop as loop_module
from stnctl.training.callbacks import Interrupted
from stnctl.training.checkpointing import Checkpointer
from stnctl.training.loop import TrainLoop
from stnctl.training.loop_state import LoopState
from tests.tiny import BATCH_SIZE, NUM_STEPS, NUM_TRAIN, RecordingCallback, make_job, make_run


class ScriptedModel:
    """Tells given losses and accuracies, one after the other, and notes what it was given."""

    def __init__(self, losses, accuracies):
        self.told = zip(losses, accuracies, strict=True)
        self.batches = []
        self.variables = []
        self.optimizer = SimpleNamespace(variables=[], use_ema=False)

    def train_on_batch(self, U, labels, *, return_dict):
        assert return_dict
        self.batches.append((U, labels))
        loss, accuracy = next(self.told)
        return {"loss": loss, "accuracy": accuracy}


@pytest.fixture
def scripted_loop(tmp_path, monkeypatch):
    """Return a function that makes a `TrainLoop` of scripted steps and scripted validations."""
    validations = iter(())

    def predict(_model, _examples):
        accuracy, margin = next(validations)
        return logits_of(job.dataset.validation.labels, accuracy, margin)

    monkeypatch.setattr(loop_module, "predict", predict)
    job = make_job(tmp_path)

    def make(steps, scripted_validations, callback=None, *, distortion=NoDistortion(), **train):
        nonlocal validations
        validations = iter(scripted_validations)
        sections = {
            "train": job.config.train.model_copy(update=train),
            "data": job.config.data.model_copy(update={"distortion": distortion}),
        }
        config = job.config.model_copy(update=sections)
        model = ScriptedModel(*zip(*steps, strict=True))
        scripted = Job(config, job.dataset)
        run = make_run(scripted, tmp_path)
        return TrainLoop(
            model, scripted, run, callback or RecordingCallback(), {"environment": {"threads": 2}}
        )

    return make


def logits_of(labels, num_right, margin):
    """Return logits of which the first ``num_right`` are right, all by ``margin``."""
    said = np.where(np.arange(len(labels)) < num_right, labels, (labels + 1) % 10)
    return margin * np.eye(10)[said]


@pytest.mark.parametrize(("batch_size", "num_steps"), [(60, 1), (61, 1), (59, 2), (25, 3), (1, 60)])
def test_num_steps_counts_the_partial_batch(scripted_loop, batch_size, num_steps):
    loop = scripted_loop([(1.0, 0.0)], [], batch_size=batch_size)
    assert loop.num_steps == num_steps


def test_train_partial_batch(scripted_loop):
    steps = [(2.0, 0.2), (1.0, 0.4), (6.0, 0.5)]
    callback = RecordingCallback()
    loop = scripted_loop(steps, [(3, 1.0)], callback, batch_size=25, epochs=1)
    loop.train()
    [row] = read_metrics(loop.run)
    assert row["loss"] == pytest.approx((25 * 2 + 25 * 1 + 10 * 6) / 60)
    assert row["accuracy"] == (5 + 10 + 5) / 60
    [times] = read_rows(loop.run.times)
    assert times["images_per_second"] == pytest.approx(60 / times["seconds"])
    assert row["validation_accuracy"] == 0.5
    wrong = math.log(math.e + 9)  # one logit of 1 and nine of 0
    assert row["validation_loss"] == pytest.approx(((wrong - 1) + wrong) / 2)
    assert callback.means == [(2.0, 0.2), (1.5, 0.3), (row["loss"], row["accuracy"])]


def test_train_takes_each_image_once_an_epoch(scripted_loop):
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
def test_train_distorts_its_images_anew_in_each_epoch(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(1, 1.0)] * 2, distortion=R())
    loop.train()
    batches = [U for U, _ in loop.model.batches]
    epochs = np.concatenate(batches[:NUM_STEPS]), np.concatenate(batches[NUM_STEPS:])
    in_order = []
    for number, U in enumerate(epochs):
        order = epoch_order(loop.config.seed, number, NUM_TRAIN)
        np.testing.assert_array_equal(U, loop.job.view("train").examples(number).inputs(order))
        in_order.append(U[np.argsort(order)])
    assert (in_order[0] != in_order[1]).any(axis=(1, 2, 3)).all()


def test_train_tells_its_observer(scripted_loop):
    callback = RecordingCallback()
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(3, 1.0), (2, 1.0)], callback)
    position = loop.train()
    assert position == loop.state
    assert callback.starts == [(1, 0, NUM_STEPS), (2, 0, NUM_STEPS)]
    assert callback.means == [(1.0, 0.5)] * 2 * NUM_STEPS
    assert [best for _, best in callback.ends] == [True, False]
    assert [row.numbers() for row, _ in callback.ends] == read_metrics(loop.run)


def test_train_tells_its_observer_where_it_goes_on(scripted_loop):
    callback = RecordingCallback(stop_at=[NUM_STEPS + 1])
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(3, 1.0)] * 2, callback)
    with pytest.raises(Interrupted, match=f"after step {NUM_STEPS + 1}"):
        loop.train()
    loop.train()
    assert callback.starts == [(1, 0, NUM_STEPS), (2, 0, NUM_STEPS), (2, 1, NUM_STEPS)]
    assert [row["step"] for row in read_metrics(loop.run)] == [NUM_STEPS, 2 * NUM_STEPS]


@pytest.mark.parametrize(
    ("validations", "best_epochs", "message"),
    [
        ([(2, 1.0), (4, 0.1), (3, 9.0)], [1, 2, 2], "accuracy decides, whatever the loss"),
        ([(4, 1.0), (4, 2.0), (4, 1.5)], [1, 2, 2], "of equal accuracies the lower loss"),
        ([(4, 1.0), (4, 1.0), (4, 1.0)], [1, 1, 1], "of equals the first"),
        ([(0, 9.0), (0, 1.0), (1, 9.0)], [1, 2, 3], "none right is an accuracy too"),
    ],
)
def test_train_best(scripted_loop, validations, best_epochs, message):
    loop = scripted_loop([(1.0, 0.5)] * 3 * NUM_STEPS, validations, epochs=3)
    seen = []

    def note(_row, *, best):
        pointer = read_pointer(loop.run, "best")
        seen.append(pointer["epoch"])
        assert pointer["step"] == pointer["epoch"] * NUM_STEPS
        assert pointer["step"] in checkpoint_steps(loop.run)
        assert best == (pointer["epoch"] == loop.state.epoch)

    loop.callback.on_epoch_end = note
    loop.train()
    assert seen == best_epochs, message
    rows = read_metrics(loop.run)
    best = read_pointer(loop.run, "best")
    assert best["accuracy"] == rows[best_epochs[-1] - 1]["validation_accuracy"]
    assert best["loss"] == rows[best_epochs[-1] - 1]["validation_loss"]


@pytest.mark.parametrize(
    ("patience", "right", "epochs"),
    [
        (1, [2, 3, 3, 4], 3),
        (2, [2, 1, 3, 3, 3, 4], 5),
        (2, [4, 3, 3, 4], 3),
        (None, [4, 3, 2, 1], 4),
    ],
)
def test_train_stops_when_patience_ends(scripted_loop, patience, right, epochs):
    """A better epoch counts, an equal one does not; and the training stays stopped."""
    loop = scripted_loop(
        [(1.0, 0.5)] * len(right) * NUM_STEPS,
        [(number, 1.0) for number in right],
        epochs=len(right),
        patience=patience,
    )
    loop.train()
    assert len(read_metrics(loop.run)) == epochs
    assert loop.state.is_stopped_early(loop.config.train) is (patience is not None)
    position = loop.state
    assert loop.train() == position


def test_train_commits_every_so_many_steps(scripted_loop, monkeypatch):
    """Within epochs; their last steps are committed once, after the validation."""
    committed = []
    commit = Checkpointer.save

    def note(self, position, state):
        committed.append((position.epoch, position.epoch_step))
        commit(self, position, state)

    monkeypatch.setattr(Checkpointer, "save", note)
    steps = [(1.0, 0.5)] * 12
    loop = scripted_loop(steps, [(1, 1.0)] * 2, batch_size=10, epochs=2, checkpoint_every="2 steps")
    loop.train()
    assert committed == [(0, 2), (0, 4), (1, 0), (1, 2), (1, 4), (2, 0)]


def test_commits_tell_their_environment(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * NUM_STEPS, [(1, 1.0)], epochs=1)
    loop.train()
    assert follow_pointer(loop.run, "last").meta["environment"] == {"threads": 2}


def test_train_stops_after_a_validation(scripted_loop, monkeypatch):
    """A wish that comes while an epoch is validated is heard when that is committed."""
    callback = RecordingCallback()
    loop = scripted_loop([(1.0, 0.5)] * 2 * NUM_STEPS, [(3, 1.0), (2, 1.0)], callback)

    def interrupted(*arguments):
        callback.stop_at.add(callback.step)
        return predict(*arguments)

    monkeypatch.setattr(loop_module, "predict", interrupted)
    with pytest.raises(Interrupted, match=f"after step {NUM_STEPS}"):
        loop.train()
    assert read_pointer(loop.run, "last") | {"epoch": 1, "step": NUM_STEPS} == read_pointer(
        loop.run, "last"
    )


def test_resume_rejects_a_checkpoint_that_contradicts_itself(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)], [])
    meta = {"position": asdict(LoopState(step=10**12))}
    with pytest.raises(InputError, match="of step 3 declares step 1000000000000"):
        loop.resume(Checkpoint(3, {}, meta))


def test_train_after_the_last_epoch_does_nothing(scripted_loop):
    loop = scripted_loop([(1.0, 0.5)] * NUM_STEPS, [(1, 1.0)], epochs=1)
    position = loop.train()
    assert loop.train() == position
    assert len(read_metrics(loop.run)) == 1
