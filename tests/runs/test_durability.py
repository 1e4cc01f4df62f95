"""Order of the writes to the disk, for power failures, and independence of clocks."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from stnctl.runs.checkpoint_reader import load_checkpoint, newest_valid_checkpoint
from stnctl.runs.checkpoint_writer import prune_checkpoints, save_checkpoint, set_pointer
from stnctl.runs.metrics import append_metrics

WEIGHTS = {"weights": np.arange(1000.0)}


@pytest.fixture
def calls(run, monkeypatch):
    """Record the calls ("fsync", name, bytes in the file), ("rename", ...) and ("mkdir", ...).

    Temporary names are recorded as ``.tmp``; a folder has no bytes.
    """
    recorded, opened = [], {}
    real_open, real_fsync, real_rename = os.open, os.fsync, os.rename
    real_replace, real_mkdir = os.replace, os.mkdir

    def named(path):
        name = os.path.relpath(path, run.path)
        return re.sub(r"\.tmp-[0-9a-f]{16}", ".tmp", name)

    def spy_open(path, *arguments, **options):
        descriptor = real_open(path, *arguments, **options)
        opened[descriptor] = Path(path)
        return descriptor

    def spy_fsync(descriptor):
        path = opened[descriptor]
        recorded.append(
            ("fsync", named(path), *([] if path.is_dir() else [os.fstat(descriptor).st_size]))
        )
        real_fsync(descriptor)

    def spy_rename(source, target):
        recorded.append(("rename", named(source), named(target)))
        real_rename(source, target)

    def spy_replace(source, target):
        recorded.append(("rename", named(source), named(target)))
        real_replace(source, target)

    def spy_mkdir(path, *arguments):
        recorded.append(("mkdir", named(path)))
        real_mkdir(path, *arguments)

    monkeypatch.setattr(os, "open", spy_open)
    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "rename", spy_rename)
    monkeypatch.setattr(os, "replace", spy_replace)
    monkeypatch.setattr(os, "mkdir", spy_mkdir)
    return recorded


def test_save_checkpoint_order(run, calls):
    """Complete files, then their folder, then its name, then the folder with the name."""
    folder = save_checkpoint(run, 1, WEIGHTS, {})
    state, meta = ((folder / name).stat().st_size for name in ("state.npz", "meta.json"))
    assert calls == [
        ("mkdir", "checkpoints"),
        ("fsync", "."),
        ("mkdir", "checkpoints/.tmp"),
        ("fsync", "checkpoints/.tmp/state.npz", state),
        ("fsync", "checkpoints/.tmp/meta.json", meta),
        ("fsync", "checkpoints/.tmp"),
        ("rename", "checkpoints/.tmp", "checkpoints/step-00000001"),
        ("fsync", "checkpoints"),
    ]


def test_save_checkpoint_order_of_replacement(run, calls):
    """The old folder is discarded when the new one is on the disk."""
    save_checkpoint(run, 1, WEIGHTS, {"epoch": 1})
    calls.clear()
    save_checkpoint(run, 1, WEIGHTS, {"epoch": 2})
    folder = "checkpoints/step-00000001"
    assert [call for call in calls if "checkpoints/.tmp/" not in call[1]][3:] == [
        ("fsync", "checkpoints/.tmp"),
        ("rename", folder, f"{folder}.old"),
        ("rename", "checkpoints/.tmp", folder),
        ("fsync", "checkpoints"),
        ("rename", f"{folder}.old", "checkpoints/.tmp"),
    ]


@pytest.mark.parametrize("pointer", ["last", "best"])
def test_set_pointer_order(run, calls, pointer):
    save_checkpoint(run, 1, WEIGHTS, {})
    calls.clear()
    set_pointer(run, pointer, 1, {"epoch": 1})
    path = f"checkpoints/{pointer}.json"
    assert calls == [
        ("fsync", "checkpoints/.tmp", (run.path / path).stat().st_size),
        ("rename", "checkpoints/.tmp", path),
        ("fsync", "checkpoints"),
    ]


def test_append_metrics_order(run, calls):
    """The times come first: a row of metrics marks the end of its epoch."""
    append_metrics(run, {"step": 1, "loss": 0.5}, {"step": 1})
    append_metrics(run, {"step": 2, "loss": 0.25}, {"step": 2})
    line, short = len(b'{"step": 1, "loss": 0.5}\n'), len(b'{"step": 1}\n')
    assert calls == [
        ("fsync", "times.jsonl", short),
        ("fsync", "."),
        ("fsync", "metrics.jsonl", line),
        ("fsync", "."),
        ("fsync", "times.jsonl", 2 * short),
        ("fsync", "."),
        ("fsync", "metrics.jsonl", 2 * line + 1),
        ("fsync", "."),
    ]


@pytest.mark.parametrize("seconds", [0, 4_070_908_800], ids=["1970", "2099"])
def test_newest_valid_checkpoint_ignores_file_times(run, seconds):
    """The newest checkpoint is the one with the most steps."""
    for step in (1, 2, 3):
        folder = save_checkpoint(run, step, {"a": np.array([float(step)])}, {})
        time = seconds if step == 3 else 1_700_000_000
        for path in (folder, *folder.iterdir()):
            os.utime(path, (time, time))
    found, warnings = newest_valid_checkpoint(run)
    assert (found.step, warnings) == (3, [])
    prune_checkpoints(run, keep=1)
    assert [path.name for path in run.checkpoints.iterdir()] == ["step-00000003"]


@pytest.mark.parametrize("seconds", [0.0, 4_070_908_800.0], ids=["1970", "2099"])
def test_save_checkpoint_ignores_clock(run, monkeypatch, seconds):
    save_checkpoint(run, 1, WEIGHTS, {"epoch": 1})
    expected = load_checkpoint(run, 1).meta
    monkeypatch.setattr("time.time", lambda: seconds)
    save_checkpoint(run, 1, {"weights": WEIGHTS["weights"] + 1}, {"epoch": 1})
    save_checkpoint(run, 1, WEIGHTS, {"epoch": 1})
    assert load_checkpoint(run, 1).meta == expected
