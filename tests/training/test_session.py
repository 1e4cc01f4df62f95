from dataclasses import asdict
from datetime import UTC, datetime

import keras
import numpy as np
import pytest

from stnctl.config import dump_config, load_config, parse_config
from stnctl.data import sources
from stnctl.data.mnist import SourceUnavailable
from stnctl.data.ownership import is_mine, mark
from stnctl.errors import ConfigError, EnvironmentFault, InputError, UsageError
from stnctl.models.state import training_state_of
from stnctl.runs import append_row, commit, point, read_record, record_event
from stnctl.training import session
from stnctl.training.position import Best, Position
from stnctl.training.session import (
    create_run,
    finish,
    is_finished,
    last_position,
    make_model,
    open_fit,
    prepare,
    reopen_run,
)
from tests.data.synthetic import write_npz
from tests.tiny import NUM_TRAIN, SIDE, Watcher, make_job, make_run

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_prepare_preset(job, tmp_path):
    assert job.dataset.source == str(tmp_path / "tiny.npz")
    assert len(job.dataset.train) == NUM_TRAIN
    assert job.fallback is None
    assert job.dataset.input_shape == (SIDE, SIDE, 1)


def test_prepare_rejects_a_network_without_room(tmp_path):
    with pytest.raises(ConfigError, match=r"model\.classifier: 3 convolutions .* got 12x12"):
        make_job(tmp_path, "model.classifier.filters=[4, 4, 4]")


def test_prepare_rejects_data_that_is_not_there(tmp_path):
    config = parse_config(f"data: {{source: {tmp_path / 'gone.npz'}}}", where="x")
    with pytest.raises(InputError, match=r"gone\.npz"):
        prepare(config)


def test_prepare_falls_back_without_a_network(monkeypatch, tmp_path):
    def unreachable(**_):
        raise SourceUnavailable("mnist can't be downloaded.")

    monkeypatch.setattr(sources, "load_mnist", unreachable)
    with pytest.raises(SourceUnavailable):
        prepare(parse_config("", where="x"))
    job = prepare(parse_config("data: {offline: digits}", where="x"))
    assert job.dataset.source == "digits"
    assert job.config.data.source == "mnist"
    assert "Using digits instead" in job.fallback
    run = make_run(job, tmp_path)
    assert read_record(run)["data"] == {
        "source": "digits", "sha256": job.dataset.sha256, "warning": job.fallback, "mark": None,
    }  # fmt: skip
    assert reopen_run(run, []).dataset.sha256 == job.dataset.sha256


def test_create_run_roundtrip(job, tmp_path):
    run = create_run(
        job, runs_dir=tmp_path / "runs", name=None, stem="tiny", argv=["train", "x"], now=NOW
    )
    assert run.name == "tiny-20260102-030405"
    assert load_config(run.config) == job.config
    assert run.config.read_text(encoding="utf-8") == dump_config(job.config)
    record = read_record(run)
    assert record["name"] == run.name
    assert record["argv"] == ["train", "x"]
    assert record["seed"] == job.config.seed
    source = str(tmp_path / "tiny.npz")
    assert record["data"] == {
        "source": source, "sha256": job.dataset.sha256, "warning": None,
        "mark": mark(source, job.dataset.sha256),
    }  # fmt: skip
    assert is_mine(record["data"])
    environment = record["environment"]
    assert environment["backend"] == "tensorflow"
    assert environment["threads"] == job.config.train.threads
    assert all(environment["packages"][name] for name in ("keras", "tensorflow", "numpy"))
    assert "flags" in environment
    assert [event["event"] for event in record["events"]] == ["start"]


def test_create_run_rejects_a_taken_name(job, run, tmp_path):
    before = run.run.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        make_run(job, tmp_path, run.name)
    assert run.run.read_bytes() == before


def test_reopen_run_unchanged(job, run):
    before = run.config.read_bytes()
    job_again = reopen_run(run, [])
    assert job_again.config == job.config
    assert job_again.dataset.sha256 == job.dataset.sha256
    assert run.config.read_bytes() == before


def test_reopen_run_takes_more_epochs(job, run):
    assert reopen_run(run, ["train.epochs=7"]).config.train.epochs == 7
    again = load_config(run.config)
    assert again.train.epochs == 7
    assert again.model == job.config.model
    assert reopen_run(run, []).config == again


def test_reopen_run_rejects_fewer_epochs_than_are_finished(job, run):
    for epoch in (1, 2):
        append_row(run, {"epoch": epoch, "step": 3 * epoch})
    before = run.config.read_bytes()
    with pytest.raises(UsageError, match=r"x has finished 2 epochs, so train\.epochs can't be 1"):
        reopen_run(run, ["train.epochs=1"])
    assert run.config.read_bytes() == before
    assert reopen_run(run, ["train.epochs=2"]).config == job.config


def test_reopen_run_takes_moved_data(job, run, tmp_path):
    (tmp_path / "tiny.npz").rename(tmp_path / "moved.npz")
    with pytest.raises(InputError, match=r"the data of x: .*tiny\.npz") as error:
        reopen_run(run, [])
    assert "--data" in error.value.hint
    moved = reopen_run(run, [], source=str(tmp_path / "moved.npz"))
    assert moved.dataset.sha256 == job.dataset.sha256


def test_create_run_rejects_a_backend_that_is_not_there(job, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorfloe")
    with pytest.raises(EnvironmentFault, match=r"did you mean tensorflow\?"):
        make_run(job, tmp_path)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("overrides", "keys"),
    [
        (["seed=1"], "seed"),
        (["train.batch_size=8"], "train.batch_size"),
        (["train.epochs=9", "data.pixels=raw"], "data.pixels"),
        (["model.transformer=null", "train.threads=1"], "model.transformer, train.threads"),
    ],
)
def test_reopen_run_rejects_other_changes(run, overrides, keys):
    before = run.config.read_bytes()
    with pytest.raises(
        UsageError, match=rf"can't change {keys}; only train\.epochs, train"
    ) as error:
        reopen_run(run, overrides)
    assert str(run.config) in error.value.hint
    assert run.config.read_bytes() == before


def test_reopen_run_takes_another_cadence(job, run):
    overrides = ["train.checkpoint_every=7 steps"]
    assert reopen_run(run, overrides).config.train.checkpoint_every == "7 steps"
    assert load_config(run.config).train.checkpoint_every == "7 steps"


def test_reopen_run_rejects_other_epochs_under_a_schedule(tmp_path):
    """The learning rate would have fallen otherwise from the first step on."""
    run = make_run(make_job(tmp_path, "train.schedule=cosine"), tmp_path)
    with pytest.raises(UsageError, match=r"train\.epochs can't change: the cosine schedule"):
        reopen_run(run, ["train.epochs=7"])
    assert reopen_run(run, ["train.epochs=2"]).config.train.epochs == 2


def test_reopen_run_rejects_an_edited_configuration(job, run):
    """Each commit knows what it was trained with."""
    meta = {"position": asdict(Position(epoch=1, step=3)), "config": dump_config(job.config)}
    commit(run, 3, {"weights": np.zeros(1)}, meta)
    point(run, "last", 3, {"epoch": 1})
    text = run.config.read_text(encoding="utf-8")
    assert reopen_run(run, []).config == job.config
    run.config.write_text(text.replace("learning_rate: 0.01", "learning_rate: 0.5"))
    with pytest.raises(UsageError, match=r"can't change train\.learning_rate; only"):
        reopen_run(run, [])
    run.config.write_text(text.replace("epochs: 2", "epochs: 5"))
    assert reopen_run(run, []).config.train.epochs == 5


def test_reopen_run_takes_an_override_that_changes_nothing(job, run):
    assert reopen_run(run, [f"seed={job.config.seed}"]).config == job.config


def test_reopen_run_rejects_other_data(run, tmp_path):
    write_npz(tmp_path / "tiny.npz", train=66, side=SIDE, seed=1)
    before = run.config.read_bytes()
    with pytest.raises(InputError, match="not the data that x was trained on"):
        reopen_run(run, ["train.epochs=7"])
    assert run.config.read_bytes() == before


@pytest.mark.usefixtures("keras_backend")
def test_open_fit_warns_of_a_damaged_commit(job, run):
    state = training_state_of(make_model(job))
    commit(run, 3, state, {"position": asdict(Position(epoch=1, step=3))})
    folder = commit(run, 6, state, {"position": asdict(Position(epoch=2, step=6))})
    (folder / "state.npz").write_bytes(b"")
    fit, warnings = open_fit(job, run, Watcher())
    assert (fit.position.epoch, fit.position.step) == (1, 3)
    assert len(warnings) == 1
    assert "skipped the checkpoint of step 6" in warnings[0]


def test_is_finished_preset(job, run):
    """A model.keras of fewer epochs does not count: what was trained since must end too."""

    def commit_epoch(epoch):
        position = Position(epoch=epoch, step=epoch)
        commit(run, epoch, {"weights": np.zeros(1)}, {"position": asdict(position)})
        point(run, "last", epoch, {"epoch": epoch})

    assert not is_finished(job, run)
    commit_epoch(2)
    assert not is_finished(job, run)
    run.model.write_bytes(b"")
    record_event(run, "end")
    assert is_finished(job, run)

    longer = reopen_run(run, ["train.epochs=3"])
    assert not is_finished(longer, run)
    record_event(run, "resume")
    commit_epoch(3)
    assert not is_finished(longer, run)
    record_event(run, "end")
    assert is_finished(longer, run)
    run.model.unlink()
    assert not is_finished(longer, run)


def test_is_finished_when_stopped_early(tmp_path):
    job = make_job(tmp_path, "train.epochs=9", "train.patience=2")
    run = make_run(job, tmp_path)
    run.model.write_bytes(b"")
    record_event(run, "end")
    for epoch, finished in ((2, False), (3, True)):
        position = Position(epoch=epoch, step=epoch, best=Best(1, 1, 0.5, 0.5))
        commit(run, epoch, {"weights": np.zeros(1)}, {"position": asdict(position)})
        point(run, "last", epoch, {"epoch": epoch})
        assert is_finished(job, run) is finished
        assert last_position(run) == position


@pytest.mark.usefixtures("keras_backend")
def test_open_fit_asks_for_room_first(job, run, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "check_space", lambda _run, num_bytes: asked.append(num_bytes))
    fit, _ = open_fit(job, run, Watcher())
    fit.train()
    [path] = sorted(run.checkpoints.glob("step-*/state.npz"))[-1:]
    assert asked[0] < 3 * path.stat().st_size < 2 * asked[0]


@pytest.mark.usefixtures("keras_backend")
def test_finish_writes_the_best_model_for_plain_keras(tmp_path):
    job = make_job(tmp_path, "model.transformer.localization.bottleneck={units: 3}")
    run = make_run(job, tmp_path)
    best, last = make_model(job), make_model(job)
    best.get_layer("theta").bias.assign([0.5, -0.5, 0.1, 0.5, 0.5, -0.1])
    for step, model in ((3, best), (6, last)):
        commit(run, step, training_state_of(model), {"position": {"epoch": step // 3}})
    point(run, "best", 3, {})
    point(run, "last", 6, {"epoch": 2})
    assert not is_finished(job, run)
    finish(job, run)
    assert is_finished(job, run)
    assert [event["event"] for event in read_record(run)["events"]] == ["start", "end"]

    U = np.random.default_rng(0).random((5, SIDE, SIDE, 1), "float32")
    logits = keras.models.load_model(run.model).predict_on_batch(U)
    np.testing.assert_allclose(logits, best.predict_on_batch(U), atol=1e-6)
    assert np.abs(logits - last.predict_on_batch(U)).max() > 1e-3
