import numpy as np
import pytest

from stnctl.runs.checkpoint_writer import save_checkpoint
from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from stnctl.training.reproducibility import differences_since_start, training_environment


def test_environment_of_preset(job):
    environment = training_environment(job.config)
    assert environment["backend"] == "tensorflow"
    assert environment["threads"] == job.config.train.threads
    assert all(environment["packages"][name] for name in ("keras", "tensorflow", "numpy"))
    assert environment["flags"]


def test_environment_of_asks_git_nothing(job, monkeypatch):
    """Git may run what the folder of a stranger's run tells it to."""
    monkeypatch.setattr("subprocess.run", None)
    assert "git" not in training_environment(job.config)


@pytest.mark.parametrize(("backend", "package"), [("jax", "jaxlib"), ("torch", "torch")])
def test_environment_of_other_backends(job, monkeypatch, backend, package):
    """They take as many threads as there are processors."""
    monkeypatch.setattr("stnctl.training.reproducibility.chosen_backend", lambda: backend)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    environment = training_environment(job.config)
    assert environment["threads"] == 64
    assert package in environment["packages"]


def test_inexact_since_here_and_now(job, run):
    assert differences_since_start(run, job.config) == []


def commit_under(run, step, environment, inexact):
    meta = {"environment": environment, "inexact": inexact}
    save_checkpoint(run, step, {"weights": np.zeros(1)}, meta)


def test_inexact_since_remembers_what_was_otherwise(job, run):
    """A run that went on elsewhere for a while, and came back, is not what it would have been."""
    here = training_environment(job.config)
    commit_under(run, 1, here, [])
    assert differences_since_start(run, job.config) == []
    commit_under(run, 2, {**here, "threads": 7}, ["threads 2 -> 7"])
    assert differences_since_start(run, job.config) == ["threads 2 -> 7", "threads 7 -> 2"]
    commit_under(run, 3, here, ["threads 2 -> 7", "threads 7 -> 2"])
    assert differences_since_start(run, job.config) == ["threads 2 -> 7", "threads 7 -> 2"]


@pytest.mark.parametrize("inexact", [None, "x", [None, 1, "\x1b[2J"], {}])
def test_inexact_since_takes_no_nonsense(job, run, inexact):
    commit_under(run, 1, training_environment(job.config), inexact)
    assert differences_since_start(run, job.config) == []


def test_inexact_since_is_bounded(job, run):
    commit_under(
        run, 1, training_environment(job.config), [f"{n}{'x' * 1000}" for n in range(1000)]
    )
    found = differences_since_start(run, job.config)
    assert (len(found), {len(reason) for reason in found}) == (20, {200})


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("threads", 7, "threads 7 -> 2"),
        ("backend", "jax", "backend jax -> tensorflow"),
        ("packages", {"keras": "3.15.0"}, "keras 3.15.0 -> "),
    ],
)
def test_inexact_since_tells_what_changed(job, run, key, value, reason):
    record = read_record(run)
    environment = record["environment"]
    changed = {**environment[key], **value} if key == "packages" else value
    write_json(run.run, {**record, "environment": {**environment, key: changed}})
    [told] = differences_since_start(run, job.config)
    assert told.startswith(reason)
