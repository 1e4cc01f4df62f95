import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.runs.checkpoint_writer import prune_checkpoints, save_checkpoint
from stnctl.runs.lookup import find_run
from stnctl.runs.safe_walk import check_entries, safe_walk

FILES = ["config.yaml", "run.json", "metrics.jsonl", "times.jsonl", "train.log", ".lock"]
MADE = ["snapshots.npz", "model.keras", "checkpoints", "eval", "inspect"]
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
    path.write_bytes(b"outside")
    return path


@pytest.mark.parametrize("name", FILES + MADE + INSIDE)
def test_check_entries_rejects(run, target, name):
    path = run.path / name
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    with pytest.raises(InputError, match=f"{path} is a symbolic link, and links in a run"):
        check_entries(run)


@pytest.mark.parametrize("name", ["x", "latest"])
def test_find_run_rejects_links_inside(run, target, name):
    run.metrics.symlink_to(target)
    with pytest.raises(InputError, match=r"metrics\.jsonl is a symbolic link"):
        find_run(name, run.path.parent)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train.log", "a regular file"),
        ("metrics.jsonl", "a regular file"),
        ("model.keras", "a regular file"),
        ("eval", "a folder"),
        ("checkpoints", "a folder"),
    ],
)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.write_bytes(b"")])
def test_check_entries_rejects_another_kind(run, name, expected, make):
    make(run.path / name)
    if (run.path / name).is_dir() if expected == "a folder" else (run.path / name).is_file():
        check_entries(run)
        return
    with pytest.raises(InputError, match=f"{name} is not {expected}"):
        check_entries(run)


def test_check_entries_preset(run, target):
    """A complete run passes, also with other files of the user in its folder."""
    save_checkpoint(run, 1, {"a": np.zeros(1)}, {})
    (run.eval / "test").mkdir(parents=True)
    (run.path / "my-data").symlink_to(target)
    check_entries(run)


def test_safe_walk_preset(tmp_path):
    for name in ("a/b/c", "a/d", "e"):
        (tmp_path / name).mkdir(parents=True)
    os.mkfifo(tmp_path / "a" / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = sorted(str(path.relative_to(tmp_path)) for path in safe_walk(tmp_path))
    assert found == ["a", "a/b", "a/b/c", "a/d", "a/pipe", "e", "loop"]
    assert list(safe_walk(tmp_path / "loop")) == []
    assert list(safe_walk(tmp_path / "gone")) == []


def test_check_entries_during_training(run):
    """Folders are renamed and removed while they are checked."""
    stop = threading.Event()

    def train():
        step = 0
        while not stop.is_set():
            step += 1
            save_checkpoint(run, step, {"a": np.zeros(1)}, {})
            prune_checkpoints(run, keep=1)

    with ThreadPoolExecutor(1) as pool:
        training = pool.submit(train)
        for _ in range(300):
            check_entries(run)
        stop.set()
        training.result()


def test_check_entries_rejects_too_many_entries(run, monkeypatch):
    monkeypatch.setattr("stnctl.runs.safe_walk._MAX_ENTRIES", 3)
    for number in range(4):
        (run.inspect / str(number)).mkdir(parents=True)
    with pytest.raises(
        InputError, match="inspect has too many files and folders, expected at most 3"
    ):
        check_entries(run)
