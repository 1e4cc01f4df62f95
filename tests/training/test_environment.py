import numpy as np
import pytest

from stnctl.runs import commit, read_record, write_json
from stnctl.training.environment import environment_of, inexact_since


def test_environment_of_preset(job):
    environment = environment_of(job.config)
    assert environment["backend"] == "tensorflow"
    assert environment["threads"] == job.config.train.threads
    assert all(environment["packages"][name] for name in ("keras", "tensorflow", "numpy"))
    assert environment["flags"]


def test_environment_of_asks_git_nothing(job, monkeypatch):
    """Git may run what the folder of a stranger's run tells it to."""
    monkeypatch.setattr("subprocess.run", None)
    assert "git" not in environment_of(job.config)


@pytest.mark.parametrize(("backend", "package"), [("jax", "jaxlib"), ("torch", "torch")])
def test_environment_of_other_backends(job, monkeypatch, backend, package):
    """They take as many threads as there are processors."""
    monkeypatch.setattr("stnctl.training.environment.chosen_backend", lambda: backend)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    environment = environment_of(job.config)
    assert environment["threads"] == 64
    assert package in environment["packages"]


def test_inexact_since_here_and_now(job, run):
    assert inexact_since(run, job.config) == []


def commit_under(run, step, environment, inexact):
    meta = {"environment": environment, "inexact": inexact}
    commit(run, step, {"weights": np.zeros(1)}, meta)


def test_inexact_since_remembers_what_was_otherwise(job, run):
    """A run that went on elsewhere for a while, and came back, is not what it would have been."""
    here = environment_of(job.config)
    commit_under(run, 1, here, [])
    assert inexact_since(run, job.config) == []
    commit_under(run, 2, {**here, "threads": 7}, ["threads 2 -> 7"])
    assert inexact_since(run, job.config) == ["threads 2 -> 7", "threads 7 -> 2"]
    commit_under(run, 3, here, ["threads 2 -> 7", "threads 7 -> 2"])
    assert inexact_since(run, job.config) == ["threads 2 -> 7", "threads 7 -> 2"]


@pytest.mark.parametrize("inexact", [None, "x", [None, 1, "\x1b[2J"], {}])
def test_inexact_since_takes_no_nonsense(job, run, inexact):
    commit_under(run, 1, environment_of(job.config), inexact)
    assert inexact_since(run, job.config) == []


def test_inexact_since_is_bounded(job, run):
    commit_under(run, 1, environment_of(job.config), [f"{n}{'x' * 1000}" for n in range(1000)])
    found = inexact_since(run, job.config)
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
    [told] = inexact_since(run, job.config)
    assert told.startswith(reason)
