import pytest

from stnctl.runs import read_record, write_json
from stnctl.training.environment import environment_of, inexact_since


def test_environment_of_preset(job):
    environment = environment_of(job.config)
    assert environment["backend"] == "tensorflow"
    assert environment["threads"] == job.config.train.threads
    assert all(environment["packages"][name] for name in ("keras", "tensorflow", "numpy"))
    assert environment["flags"]


def test_inexact_since_here_and_now(job, run):
    assert inexact_since(run, job.config) == []


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
