import importlib.util
from contextlib import suppress

import pytest

from stnctl.config.choices import SINKS
from stnctl.config.load import parse_config
from stnctl.errors import UsageError
from stnctl.training.callbacks import Interrupted
from stnctl.training.execution import run_training
from stnctl.training.sinks import sink_callback, sink_thread
from stnctl.training.sinks.sink_callback import KINDS, PACKAGES, check_sinks, open_sinks
from tests.tiny import RecordingCallback, make_job, make_run
from tests.training.sinks.examples import Hanging, Recording, raising

pytestmark = pytest.mark.usefixtures("keras_backend", "single_steps")


def train(folder, name, *overrides, **stops):
    """Train a run, and return it with the warnings."""
    job = make_job(folder, *overrides)
    run = make_run(job, folder, name)
    warnings = []
    with open_sinks(RecordingCallback(**stops), run, job, warnings.append) as callback:
        run_training(job, run, callback, on_warning=print, on_note=print)
    return run, warnings


def files(run):
    """Return the state of the last checkpoint and the metrics of a run."""
    last = sorted(run.checkpoints.glob("step-*/state.npz"))[-1]
    return last.read_bytes(), run.metrics.read_bytes()


def test_each_sink_has_a_class():
    assert tuple(KINDS) == SINKS
    assert PACKAGES.keys() == set(SINKS) - {"csv"}


def test_sinks_change_no_bit(tmp_path, monkeypatch):
    """The same training with a sink that works, one that raises, one that hangs, and none."""
    monkeypatch.setattr(sink_thread, "PATIENCE", 0.2)
    hanging = Hanging()
    monkeypatch.setitem(KINDS, "mlflow", lambda: hanging)
    monkeypatch.setitem(KINDS, "wandb", lambda: raising("write", ValueError("no server")))
    plain, _ = train(tmp_path, "plain", "train.epochs=2")
    followed, warnings = train(
        tmp_path, "followed", "train.epochs=2", "train.sinks=[csv, mlflow, wandb]"
    )
    hanging.released.set()
    assert files(plain) == files(followed)
    assert len((followed.sinks / "metrics.csv").read_text(encoding="utf-8").splitlines()) == 3
    assert not plain.sinks.exists()
    assert sorted(text.split()[2] for text in warnings) == ["mlflow", "wandb"]


@pytest.mark.parametrize(("stops", "status"), [({}, "finished"), ({"stop_at": [2]}, "stopped")])
def test_sinks_get_the_status(tmp_path, monkeypatch, stops, status):
    sink = Recording()
    monkeypatch.setitem(KINDS, "csv", lambda: sink)
    with suppress(Interrupted):
        train(tmp_path, "x", "train.epochs=1", "train.sinks=[csv]", **stops)
    assert sink.calls[0] == ("open", 0)
    assert sink.calls[-1] == ("close", status)


def test_csv_sink_without_a_writable_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sink_callback, "make_folder", lambda path: path.write_text("a file"))
    _, warnings = train(tmp_path, "x", "train.epochs=1", "train.sinks=[csv]")
    assert len(warnings) == 1
    assert "the sink csv has failed" in warnings[0]


@pytest.mark.parametrize("name", PACKAGES)
def test_check_sinks_names_the_extra(monkeypatch, name):
    config = parse_config("", where="x", overrides=[f"train.sinks=[{name}]"])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=f"train.sinks: {name} needs the package") as caught:
        check_sinks(config)
    assert caught.value.hint == f'pip install "stnctl[{name}]"'
