from dataclasses import asdict

import numpy as np
import pytest

from stnctl.config.dump import dump_config
from stnctl.config.load import load_config, parse_config
from stnctl.errors import InputError, UsageError
from stnctl.models.job import Job
from stnctl.models.network import trace_network
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.metrics import append_metrics
from stnctl.runs.provenance import read_record, record_event
from stnctl.training.loop_state import BestEpoch, LoopState
from stnctl.training.resume import (
    best_epoch,
    is_finished,
    last_loop_state,
    load_resumed_job,
    start_resume,
)
from tests.data.synthetic import write_npz
from tests.tiny import CONFIG, SIDE, make_job, make_run

NUM_PARAMETERS = trace_network(
    parse_config(CONFIG, where="tiny").model, (SIDE, SIDE, 1), num_classes=10
).parameters


def test_load_resumed_job_without_overrides(job, run):
    before = run.config.read_bytes()
    job_again = load_resumed_job(run, [])
    assert job_again.config == job.config
    assert job_again.dataset.sha256 == job.dataset.sha256
    assert run.config.read_bytes() == before


def test_start_resume_saves_the_config(job, run):
    before = run.config.read_bytes()
    again = load_resumed_job(run, ["train.epochs=7"]).config
    assert (again.train.epochs, again.model) == (7, job.config.model)
    assert run.config.read_bytes() == before
    assert start_resume(run, Job(again, job.dataset)) is None
    assert load_config(run.config) == again
    assert load_resumed_job(run, []).config == again
    assert [event["event"] for event in read_record(run)["events"]] == ["start", "resume"]


def save_checkpoint_at(run, state, **meta):
    """Save a checkpoint with as many parameters as the network of ``run``, all zero."""
    arrays = {"model/000/kernel": np.zeros(NUM_PARAMETERS, "float32")}
    save_checkpoint(run, state.step, arrays, {"position": asdict(state), **meta})
    set_pointer(run, "last", state.step, {"epoch": state.epoch})


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LoopState(epoch=2, step=6), "finished 2 epochs"),
        (LoopState(epoch=1, epoch_step=1, step=4), "started 2 epochs"),
    ],
)
def test_load_resumed_job_rejects_fewer_epochs_than_are_started(job, run, state, words):
    """Rows of metrics do not count: they may be lost, or later than the last checkpoint."""
    append_metrics(run, {"epoch": 9, "step": 27}, {"step": 27})
    save_checkpoint_at(run, state)
    with pytest.raises(UsageError, match=rf"x has {words}, so train\.epochs can't be 1"):
        load_resumed_job(run, ["train.epochs=1"])
    assert load_resumed_job(run, ["train.epochs=2"]).config == job.config


def test_load_resumed_job_with_moved_data(job, run, tmp_path):
    (tmp_path / "tiny.npz").rename(tmp_path / "moved.npz")
    with pytest.raises(InputError, match=r"the data of x: .*tiny\.npz") as error:
        load_resumed_job(run, [])
    assert "--data" in error.value.hint
    moved = load_resumed_job(run, [], source=str(tmp_path / "moved.npz"))
    assert moved.dataset.sha256 == job.dataset.sha256


@pytest.mark.parametrize(
    ("overrides", "keys"),
    [
        (["seed=1"], "seed"),
        (["train.batch_size=8"], "train.batch_size"),
        (["train.epochs=9", "data.pixels=raw"], "data.pixels"),
        (["model.transformer=null", "train.threads=1"], "model.transformer, train.threads"),
    ],
)
def test_load_resumed_job_rejects_other_changes(run, overrides, keys):
    before = run.config.read_bytes()
    with pytest.raises(
        UsageError, match=rf"can't change {keys}; only train\.epochs, train"
    ) as error:
        load_resumed_job(run, overrides)
    assert str(run.config) in error.value.hint
    assert run.config.read_bytes() == before


def test_load_resumed_job_with_another_checkpoint_schedule(job, run):
    overrides = ["train.checkpoint_every=7 steps"]
    assert load_resumed_job(run, overrides).config.train.checkpoint_every == "7 steps"


@pytest.mark.parametrize("schedule", ["cosine", "onecycle"])
def test_load_resumed_job_rejects_other_epochs_of_a_schedule(tmp_path, schedule):
    """All learning rates of the schedule depend on the number of epochs."""
    run = make_run(make_job(tmp_path, f"train.schedule={schedule}"), tmp_path)
    with pytest.raises(UsageError, match=rf"train\.epochs can.t change: the {schedule}"):
        load_resumed_job(run, ["train.epochs=7"])
    assert load_resumed_job(run, ["train.epochs=2"]).config.train.epochs == 2


def test_load_resumed_job_rejects_an_edited_config(job, run):
    """The checkpoint records the configuration of its training."""
    save_checkpoint_at(run, LoopState(epoch=1, step=3), config=dump_config(job.config))
    (run.checkpoints / "last.json").unlink()
    text = run.config.read_text(encoding="utf-8")
    assert load_resumed_job(run, []).config == job.config
    run.config.write_text(text.replace("learning_rate: 0.01", "learning_rate: 0.5"))
    with pytest.raises(UsageError, match=r"can't change train\.learning_rate; only"):
        load_resumed_job(run, [])
    run.config.write_text(text.replace("epochs: 2", "epochs: 5"))
    assert load_resumed_job(run, []).config.train.epochs == 5


def test_load_resumed_job_with_an_override_that_changes_nothing(job, run):
    assert load_resumed_job(run, [f"seed={job.config.seed}"]).config == job.config


def test_load_resumed_job_rejects_other_data(run, tmp_path):
    write_npz(tmp_path / "tiny.npz", train=66, side=SIDE, seed=1)
    before = run.config.read_bytes()
    with pytest.raises(InputError, match="not the data that x was trained on"):
        load_resumed_job(run, ["train.epochs=7"])
    assert run.config.read_bytes() == before


def test_is_finished_after_all_epochs_and_export(job, run):
    """The model.keras of an earlier training does not count after a resume."""

    def save_epoch(epoch):
        state = LoopState(epoch=epoch, step=epoch)
        save_checkpoint_at(run, state)

    assert not is_finished(run, job)
    save_epoch(2)
    assert not is_finished(run, job)
    run.model.write_bytes(b"")
    record_event(run, "end")
    assert is_finished(run, job)

    longer = load_resumed_job(run, ["train.epochs=3"])
    assert not is_finished(run, longer)
    record_event(run, "resume")
    save_epoch(3)
    assert not is_finished(run, longer)
    record_event(run, "end")
    assert is_finished(run, longer)
    run.model.unlink()
    assert not is_finished(run, longer)


def test_is_finished_after_an_early_stop(tmp_path):
    job = make_job(tmp_path, "train.epochs=9", "train.patience=2")
    run = make_run(job, tmp_path)
    run.model.write_bytes(b"")
    record_event(run, "end")
    for epoch, finished in ((2, False), (3, True)):
        state = LoopState(epoch=epoch, step=epoch, best=BestEpoch(1, 1, 0.5, 0.5))
        save_checkpoint_at(run, state)
        assert is_finished(run, job) is finished
        assert last_loop_state(run) == state


def test_is_finished_only_with_an_intact_last_checkpoint(job, run):
    """Otherwise, a resume continues from the checkpoint before."""
    for epoch in (1, 2):
        save_checkpoint_at(run, LoopState(epoch=epoch, step=epoch))
    run.model.write_bytes(b"")
    record_event(run, "end")
    assert is_finished(run, job)
    (run.checkpoints / "last.json").unlink()
    assert is_finished(run, job)
    (run.checkpoints / "step-00000002" / "state.npz").write_bytes(b"")
    assert not is_finished(run, job)
    (run.checkpoints / "step-00000002" / "meta.json").unlink()
    assert not is_finished(run, job)


def test_load_resumed_job_removes_leftover_files(run):
    run.eval.mkdir()
    (run.eval / ".tmp-0").write_bytes(b"")
    load_resumed_job(run, [])
    assert not list(run.eval.iterdir())


@pytest.mark.parametrize("config", ["[1", "sed: 1", "- 1", "extends: x"])
def test_load_resumed_job_rejects_a_checkpoint_with_an_invalid_config(run, config):
    save_checkpoint_at(run, LoopState(epoch=1, step=3), config=config)
    with pytest.raises(InputError, match=r"checkpoint .*step-00000003 is not valid"):
        load_resumed_job(run, [])


def test_load_resumed_job_rejects_a_checkpoint_of_another_network(run):
    save_checkpoint_at(run, LoopState(epoch=1, step=3))
    save_checkpoint(run, 1, {"model/000/kernel": np.zeros(3, "float32")}, {})
    (run.checkpoints / "step-00000001" / "state.npz").unlink()
    with pytest.raises(InputError, match="step-00000001 declares 3 parameters"):
        load_resumed_job(run, [])


def test_load_resumed_job_rejects_a_large_network(tmp_path):
    """The run may come from someone else, so its configuration is a bad input."""
    run = make_run(make_job(tmp_path), tmp_path)
    text = run.config.read_text(encoding="utf-8")
    run.config.write_text(text.replace("max_parameters: 50000000", "max_parameters: 3"))
    with pytest.raises(InputError, match=r"config\.yaml: limits\.max_parameters: the network has"):
        load_resumed_job(run, [])


POINTER = {"epoch": 1, "loss": 0.5, "accuracy": 0.75}


def test_best_epoch_roundtrip(run):
    save_checkpoint_at(run, LoopState(epoch=1, step=3))
    set_pointer(run, "best", 3, POINTER)
    assert best_epoch(run) == BestEpoch(step=3, **POINTER)


@pytest.mark.parametrize("value", [None, "0.5", True, [], 10**400, -1e301])
@pytest.mark.parametrize("key", ["loss", "accuracy"])
def test_best_epoch_rejects(run, key, value):
    save_checkpoint_at(run, LoopState(epoch=1, step=3))
    set_pointer(run, "best", 3, POINTER | {key: value})
    with pytest.raises(InputError, match=f"the best epoch.{key} is not valid"):
        best_epoch(run)
