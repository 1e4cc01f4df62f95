import json
import os
import shutil
from datetime import UTC, datetime

import pytest

from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock
from stnctl.runs.metrics import append_metrics
from stnctl.runs.provenance import read_record, record_event
from stnctl.runs.summary import RunSummary, summarize, summarize_runs
from stnctl.storage.json_files import write_json
from tests.imports import ROOT

FROZEN = ROOT / "tests" / "frozen" / "0.1.0" / "run"
CONFIG = """schema_version: 2
data:
  distortion:
    set: RTS
model:
  transformer: null
  classifier:
    network: compact
train:
  epochs: 5
"""
REPORT = {"checkpoint": "best", "epoch": 2, "data_sha256": "00", "error_percent": 4.09, "loss": 0.5}


def set_record(run, **values):
    write_json(run.run, {**read_record(run), **values})


@pytest.fixture
def trained(run, arrays):
    """Return a run after three of its five epochs, the second one as the best."""
    run.config.write_text(CONFIG, encoding="utf-8")
    set_record(
        run,
        network={"parameters": 1234, "multiply_adds": 5678},
        seed=7,
        environment={"stnctl": "0.2.0"},
    )
    for epoch, (loss, seconds) in enumerate([(0.9, 9.0), (0.5, 2.0), (0.4, 3.0)], 1):
        append_metrics(
            run, {"epoch": epoch, "step": 10 * epoch, "loss": loss}, {"step": 1, "seconds": seconds}
        )
    save_checkpoint(run, 20, arrays, {})
    set_pointer(run, "best", 20, {"epoch": 2, "loss": 0.25, "accuracy": 0.875})
    run.eval.mkdir()
    write_json(run.eval / "test.json", REPORT)
    return run


def test_summarize_preset(trained):
    found = vars(summarize(trained))
    assert found.pop("config")["train"] == {"epochs": 5}
    assert (
        found.pop("started")
        == found.pop("touched")
        == datetime.fromisoformat(read_record(trained)["started"])
    )
    assert found == {
        "name": "x",
        "path": trained.path,
        "state": "interrupted",
        "problem": None,
        "data": "digits RTS",
        "data_sha256": "00",
        "network": "compact",
        "parameters": 1234,
        "multiply_adds": 5678,
        "epochs": 3,
        "planned_epochs": 5,
        "best_epoch": 2,
        "validation_accuracy": 0.875,
        "validation_loss": 0.25,
        "loss": 0.4,
        "test_error": pytest.approx(0.0409),
        "test_loss": 0.5,
        "alignment": {},
        "epoch_seconds": 3.0,
        "seed": 7,
        "version": "0.2.0",
    }


def test_summarize_new(run):
    """A run that was just created has no values, and no problem."""
    found = summarize(run)
    assert (found.state, found.problem, found.epochs) == ("interrupted", None, 0)
    assert {found.validation_accuracy, found.loss, found.test_error, found.parameters} == {None}


@pytest.mark.parametrize(
    ("event", "state"),
    [("end", "finished"), ("interrupted", "interrupted"), ("diverged", "diverged")],
)
def test_summarize_state(run, event, state):
    record_event(run, event)
    assert summarize(run).state == state
    with run_lock(run):
        assert summarize(run).state == "running"
    record_event(run, "resume")
    assert summarize(run).state == "interrupted"


def test_summarize_touched_by_a_checkpoint(trained):
    """The time of a checkpoint counts, unless the training has ended since."""
    set_pointer(trained, "last", 20, {"epoch": 2})
    later = datetime(2099, 1, 2, tzinfo=UTC)
    os.utime(trained.checkpoints / "last.json", (later.timestamp(),) * 2)
    assert summarize(trained).touched == later
    record_event(trained, "end")
    assert summarize(trained).touched < later


@pytest.mark.parametrize(
    "change",
    [{"checkpoint": "last"}, {"epoch": 1}, {"data_sha256": "11"}, {"epoch": None}],
)
def test_summarize_test_of_another_checkpoint(trained, change):
    write_json(trained.eval / "test.json", REPORT | change)
    assert summarize(trained).test_error is None
    assert summarize(trained).problem is None


def test_summarize_without_recorded_network():
    """The parameters of an old run are those of its checkpoint, without states of generators."""
    found = summarize(RunDirectory(FROZEN))
    localization = 3 * 3 * 2 + 2 + 3 * 3 * 2 * 2 + 2 + 72 * 3 + 3 + 3 * 6 + 6
    classifier = 3 * 3 * 2 + 2 + 392 * 4 + 4 + 4 * 10 + 10
    assert found.parameters == localization + classifier
    assert found.network == "affine + article"
    assert (found.state, found.problem, found.version) == ("interrupted", None, "0.1.0")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b""),
        ("run.json", b"[]"),
        ("run.json", b'{"schema_version": 2}'),
        ("config.yaml", b""),
        ("config.yaml", b"- 1\n"),
        ("config.yaml", b"a: *x\n"),
        ("config.yaml", b"\xff"),
        ("config.yaml", b"[" * 60_000),
        ("metrics.jsonl", b"{}\n{\n"),
        ("metrics.jsonl", b'{"loss": NaN}\n'),
        ("times.jsonl", b"[]\n"),
        ("times.jsonl", b"{}\n"),
        ("times.jsonl", b"[" * 9999 + b"\n"),
        ("checkpoints/best.json", b'{"step": 3}'),
        ("eval/test.json", b"{"),
    ],
)
def test_summarize_broken(trained, file, content):
    (trained.path / file).write_bytes(content)
    found = summarize(trained)
    assert found.state == "broken"
    assert file in found.problem


@pytest.mark.parametrize("file", ["run.json", "config.yaml"])
def test_summarize_half_written(trained, file):
    (trained.path / file).unlink()
    found = summarize(trained)
    assert (found.state, found.epochs) == ("broken", 3)
    assert file in found.problem


@pytest.mark.parametrize(
    "file", ["run.json", "config.yaml", "metrics.jsonl", "times.jsonl", "eval/test.json"]
)
def test_summarize_follows_no_link_and_opens_no_pipe(trained, tmp_path, file):
    path = trained.path / file
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert "symbolic link" in summarize(trained).problem
    path.unlink()
    os.mkfifo(path)
    assert summarize(trained).state == "broken"


@pytest.mark.parametrize("folder", ["checkpoints", "eval"])
def test_summarize_follows_no_link_of_a_folder(trained, tmp_path, folder):
    (trained.path / folder).rename(tmp_path / "moved")
    (trained.path / folder).symlink_to(tmp_path / "moved")
    assert "symbolic link" in summarize(trained).problem


HOSTILE = [None, True, "x", [], {}, -1, 10**40, 1e308, "\x1b[2J"]


@pytest.mark.parametrize("value", HOSTILE)
def test_summarize_hostile_values(trained, value):
    """A value of the wrong type or size is unknown; it never stops a list."""
    trained.metrics.write_text(json.dumps({"epoch": value, "loss": value}) + "\n", "utf-8")
    trained.times.write_text(json.dumps({"seconds": value}) + "\n", "utf-8")
    set_pointer(trained, "best", 20, {"epoch": value, "loss": value, "accuracy": value})
    write_json(trained.eval / "test.json", REPORT | {"epoch": value, "error_percent": value})
    set_record(trained, network={"parameters": value}, seed=value, environment={"stnctl": value})
    trained.config.write_text(
        f"data: {json.dumps(value)}\nmodel: {json.dumps(value)}\ntrain: {json.dumps(value)}\n",
        "utf-8",
    )
    found = summarize(trained)
    assert isinstance(found, RunSummary)
    counts = (found.epochs, found.best_epoch, found.parameters, found.seed, found.planned_epochs)
    assert all(count is None or 0 <= count <= 2**53 for count in counts)
    assert found.validation_accuracy is None
    assert found.loss in (None, -1, 10**40)


def test_summarize_runs_preset(make_run, runs_dir, tmp_path):
    for name in ("b", "a", "gone"):
        make_run(name)
    (runs_dir / "a" / "run.json").unlink()
    shutil.move(runs_dir / "gone", tmp_path / "gone")
    (runs_dir / "link").symlink_to(tmp_path / "gone")
    (runs_dir / "preview").mkdir()
    (runs_dir / ".tmp-1").mkdir()
    (runs_dir / "file").touch()
    found = [(each.name, each.state) for each in summarize_runs(runs_dir)]
    assert found == [("a", "broken"), ("b", "interrupted")]
    assert summarize_runs(tmp_path / "missing") == []
