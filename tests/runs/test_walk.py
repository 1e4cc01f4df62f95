import os

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.runs import check_links, commit, find_run
from stnctl.runs.walk import walk

FILES = ["config.yaml", "run.json", "metrics.jsonl", "times.jsonl", "train.log", ".lock"]
MADE = ["model.keras", "report.html", "checkpoints", "eval", "inspect"]
INSIDE = [
    "checkpoints/last.json",
    "checkpoints/step-00000001",
    "checkpoints/step-00000002/state.npz",
    "eval/test.json",
    "inspect/sheets/0.png",
]


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "target"
    path.write_bytes(b"not yours")
    return path


@pytest.mark.parametrize("name", FILES + MADE + INSIDE)
def test_check_links_rejects(run, target, name):
    path = run.path / name
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    with pytest.raises(InputError, match=f"{path} is a symbolic link; a run has none"):
        check_links(run)


@pytest.mark.parametrize("name", ["x", "latest"])
def test_find_run_rejects_links_inside(run, target, name):
    run.metrics.symlink_to(target)
    with pytest.raises(InputError, match=r"metrics\.jsonl is a symbolic link"):
        find_run(name, run.path.parent)


def test_check_links_preset(run, target):
    """A whole run passes, and so does what a user puts beside what stnctl knows."""
    commit(run, 1, {"a": np.zeros(1)}, {})
    (run.eval / "test").mkdir(parents=True)
    (run.path / "my-data").symlink_to(target)
    check_links(run)


def test_walk_preset(tmp_path):
    for name in ("a/b/c", "a/d", "e"):
        (tmp_path / name).mkdir(parents=True)
    os.mkfifo(tmp_path / "a" / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = sorted(str(path.relative_to(tmp_path)) for path in walk(tmp_path))
    assert found == ["a", "a/b", "a/b/c", "a/d", "a/pipe", "e", "loop"]
    assert list(walk(tmp_path / "loop")) == []
    assert list(walk(tmp_path / "gone")) == []


def test_check_links_rejects_too_many_entries(run, monkeypatch):
    monkeypatch.setattr("stnctl.runs.walk._MAX_ENTRIES", 3)
    for number in range(4):
        (run.inspect / str(number)).mkdir(parents=True)
    with pytest.raises(InputError, match="inspect holds more than 3 files and folders"):
        check_links(run)
