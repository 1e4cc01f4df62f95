from dataclasses import asdict
from datetime import UTC, datetime

import keras
import numpy as np
import pytest

from stnctl.config.dump import dump_config
from stnctl.config.load import load_config
from stnctl.data.run_signature import is_signed_by_user, sign_source
from stnctl.errors import EnvironmentFault, InputError, UsageError
from stnctl.evaluation.run_loader import load_trained_model
from stnctl.models.state import training_state_of
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.lock import is_locked
from stnctl.runs.metrics import append_metrics
from stnctl.runs.provenance import read_record
from stnctl.training import setup
from stnctl.training.execution import finish_run
from stnctl.training.loop_state import LoopState
from stnctl.training.resume import is_finished
from stnctl.training.setup import create_run, make_model, open_loop
from tests.tiny import SIDE, RecordingCallback, make_job, make_run

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_create_run_roundtrip(job, tmp_path):
    with create_run(
        job, runs_dir=tmp_path / "runs", name=None, stem="tiny", argv=["train", "x"], now=NOW
    ) as run:
        assert is_locked(run)
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
        "mark": sign_source(source, job.dataset.sha256),
    }  # fmt: skip
    assert is_signed_by_user(record["data"])
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


@pytest.mark.usefixtures("keras_backend")
def test_create_run_checks_disk_space_first(job, tmp_path, monkeypatch):
    checked = []

    def fail(folder, num_bytes):
        checked.append((folder, num_bytes))
        raise EnvironmentFault("no room")

    monkeypatch.setattr(setup, "check_space", fail)
    with pytest.raises(EnvironmentFault, match="no room"):
        make_run(job, tmp_path)
    [(folder, num_bytes)] = checked
    assert folder == tmp_path / "runs"
    assert not folder.exists()
    state = training_state_of(make_model(job))
    assert num_bytes == pytest.approx(3 * sum(array.nbytes for array in state.values()), rel=0.01)


def test_create_run_rejects_an_unknown_backend(job, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorfloe")
    with pytest.raises(EnvironmentFault, match=r"did you mean tensorflow\?"):
        make_run(job, tmp_path)
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("keras_backend")
def test_open_loop_warns_of_a_damaged_checkpoint(job, run):
    state = training_state_of(make_model(job))
    save_checkpoint(run, 3, state, {"position": asdict(LoopState(epoch=1, step=3))})
    folder = save_checkpoint(run, 6, state, {"position": asdict(LoopState(epoch=2, step=6))})
    (folder / "state.npz").write_bytes(b"")
    loop, warnings = open_loop(job, run, RecordingCallback())
    assert (loop.state.epoch, loop.state.step) == (1, 3)
    assert len(warnings) == 1
    assert "skipped the checkpoint of step 6" in warnings[0]


@pytest.mark.usefixtures("keras_backend")
def test_open_loop_rejects_a_run_without_an_intact_checkpoint(job, run):
    """A new start would lose the metrics of the run."""
    for step in (3, 6):
        append_metrics(run, {"epoch": step // 3, "step": step}, {"step": step})
        (save_checkpoint(run, step, {"w": np.zeros(1)}, {}) / "state.npz").write_bytes(b"")
    before = run.metrics.read_bytes()
    with pytest.raises(InputError, match=r"no checkpoint of .* is intact: .*step 6.*step 3"):
        open_loop(job, run, RecordingCallback())
    assert run.metrics.read_bytes() == before


@pytest.mark.usefixtures("keras_backend")
@pytest.mark.parametrize(("num_rows", "num_warnings"), [(0, 0), (1, 0), (2, 1)])
def test_open_loop_warns_of_a_restart(job, run, num_rows, num_warnings):
    for epoch in range(1, num_rows + 1):
        append_metrics(run, {"epoch": epoch, "step": 3 * epoch}, {"step": 3 * epoch})
    _, warnings = open_loop(job, run, RecordingCallback())
    assert len(warnings) == num_warnings
    assert all("training starts again" in warning for warning in warnings)


@pytest.mark.usefixtures("keras_backend")
def test_open_loop_checks_disk_space_first(job, run, monkeypatch):
    checked = []
    monkeypatch.setattr(setup, "check_space", lambda _run, num_bytes: checked.append(num_bytes))
    loop, _ = open_loop(job, run, RecordingCallback())
    loop.train()
    [path] = sorted(run.checkpoints.glob("step-*/state.npz"))[-1:]
    assert checked[0] < 3 * path.stat().st_size < 2 * checked[0]


@pytest.mark.usefixtures("keras_backend")
def test_load_trained_model_with_a_frozen_part(tmp_path):
    """The averages in the checkpoint are those of the trained weights only."""
    job = make_job(tmp_path, "train.freeze.classifier=always", "train.ema=0.5")
    run, model = make_run(job, tmp_path), make_model(job)
    for _ in range(2):
        model.optimizer.apply([keras.ops.ones(each.shape) for each in model.trainable_variables])
    state = training_state_of(model)
    save_checkpoint(run, 2, state, {"position": {"epoch": 1}})
    set_pointer(run, "best", 2, {})
    loaded, _ = load_trained_model(run, job, "best")
    averages = [array for name, array in state.items() if name.startswith("average/")]
    assert len(averages) == len(model.trainable_variables) < len(model.weights)
    for found, expected in zip(loaded.trainable_variables, averages, strict=True):
        np.testing.assert_array_equal(found, expected)
    for found, expected in zip(loaded.weights, model.weights, strict=True):
        assert np.array_equal(found, expected) != expected.trainable


@pytest.mark.usefixtures("keras_backend")
def test_finish_run_exports_the_best_model(tmp_path):
    job = make_job(tmp_path, "model.transformer.localization.bottleneck={units: 3}")
    run = make_run(job, tmp_path)
    best, last = make_model(job), make_model(job)
    best.get_layer("theta").bias.assign([0.5, -0.5, 0.1, 0.5, 0.5, -0.1])
    for step, model in ((3, best), (6, last)):
        save_checkpoint(run, step, training_state_of(model), {"position": {"epoch": step // 3}})
    set_pointer(run, "best", 3, {})
    set_pointer(run, "last", 6, {"epoch": 2})
    assert not is_finished(run, job)
    finish_run(job, run)
    assert is_finished(run, job)
    assert [event["event"] for event in read_record(run)["events"]] == ["start", "end"]

    U = np.random.default_rng(0).random((5, SIDE, SIDE, 1), "float32")
    logits = keras.models.load_model(run.model).predict_on_batch(U)
    np.testing.assert_allclose(logits, best.predict_on_batch(U), atol=1e-6)
    assert np.abs(logits - last.predict_on_batch(U)).max() > 1e-3
