import numpy as np
import pytest

from stnctl.runs.checkpoint_writer import save_checkpoint
from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from stnctl.training.reproducibility import differences_since_start, training_environment


def test_training_environment(job):
    environment = training_environment(job.config)
    assert environment["backend"] == "tensorflow"
    assert environment["threads"] == job.config.train.threads
    assert all(environment["packages"][name] for name in ("keras", "tensorflow", "numpy"))
    assert environment["flags"]


def test_training_environment_does_not_run_git(job, monkeypatch):
    """Git may run commands that are configured in the folder of an untrusted run."""
    monkeypatch.setattr("subprocess.run", None)
    assert "git" not in training_environment(job.config)


@pytest.mark.parametrize(("backend", "package"), [("jax", "jaxlib"), ("torch", "torch")])
def test_training_environment_of_other_backends(job, monkeypatch, backend, package):
    monkeypatch.setattr("stnctl.training.reproducibility.chosen_backend", lambda: backend)
    environment = training_environment(job.config)
    assert environment["threads"] == job.config.train.threads
    assert package in environment["packages"]


def test_differences_since_start_are_none(job, run):
    assert differences_since_start(run, job.config) == []


def save_checkpoint_of(run, step, environment, inexact):
    meta = {"environment": environment, "inexact": inexact}
    save_checkpoint(run, step, {"weights": np.zeros(1)}, meta)


def test_differences_since_start_include_earlier_resumes(job, run):
    """A run that was resumed in another environment in between stays not bit-exact."""
    here = training_environment(job.config)
    save_checkpoint_of(run, 1, here, [])
    assert differences_since_start(run, job.config) == []
    save_checkpoint_of(run, 2, {**here, "threads": 7}, ["threads 2 -> 7"])
    assert differences_since_start(run, job.config) == ["threads 2 -> 7", "threads 7 -> 2"]
    save_checkpoint_of(run, 3, here, ["threads 2 -> 7", "threads 7 -> 2"])
    assert differences_since_start(run, job.config) == ["threads 2 -> 7", "threads 7 -> 2"]


@pytest.mark.parametrize("inexact", [None, "x", [None, 1, "\x1b[2J"], {}])
def test_differences_since_start_ignores_invalid_records(job, run, inexact):
    save_checkpoint_of(run, 1, training_environment(job.config), inexact)
    assert differences_since_start(run, job.config) == []


def test_differences_since_start_are_limited(job, run):
    save_checkpoint_of(
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
def test_differences_since_start_names_changes(job, run, key, value, reason):
    record = read_record(run)
    environment = record["environment"]
    changed = {**environment[key], **value} if key == "packages" else value
    write_json(run.run, {**record, "environment": {**environment, key: changed}})
    [difference] = differences_since_start(run, job.config)
    assert difference.startswith(reason)
