import os

import numpy as np
import pytest

from stnctl.errors import EnvironmentFault
from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import newest_valid_checkpoint
from stnctl.runs.checkpoint_writer import prune_checkpoints, save_checkpoint, set_pointer

FIRST = {"weights": np.arange(1000.0)}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def damage(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("keep", "best", "expected"),
    [
        (1, None, [5]),
        (2, None, [4, 5]),
        (9, None, [1, 2, 3, 4, 5]),
        (2, 2, [2, 4, 5]),
        (2, 5, [4, 5]),
    ],
)
def test_prune_checkpoints_preset(run, keep, best, expected):
    for step in (5, 4, 3, 2, 1):
        save_checkpoint(run, step, FIRST, {})
    if best is not None:
        set_pointer(run, "best", best, {})
    prune_checkpoints(run, keep)
    assert checkpoint_steps(run) == expected


def test_prune_checkpoints_counts_only_intact(run):
    """Newer damaged checkpoints do not displace the one to resume from."""
    for step in (1, 2, 3, 4):
        save_checkpoint(run, step, FIRST, {})
    damage(run.checkpoints / "step-00000003" / "state.npz")
    damage(run.checkpoints / "step-00000004" / "meta.json")
    prune_checkpoints(run, keep=1)
    assert checkpoint_steps(run) == [2, 3, 4]
    assert newest_valid_checkpoint(run)[0].step == 2


def test_prune_checkpoints_without_intact(run):
    for step in (1, 2, 3):
        damage(save_checkpoint(run, step, FIRST, {}) / "state.npz")
    prune_checkpoints(run, keep=1)
    assert checkpoint_steps(run) == [1, 2, 3]


def test_prune_checkpoints_keeps_all_if_pointer_damaged(run):
    for step in (1, 2, 3):
        save_checkpoint(run, step, FIRST, {})
    set_pointer(run, "best", 1, {})
    damage(run.checkpoints / "best.json")
    prune_checkpoints(run, keep=1)
    assert checkpoint_steps(run) == [1, 2, 3]


def test_prune_checkpoints_removes_only_temporary(run, tmp_path):
    save_checkpoint(run, 1, FIRST, {})
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_bytes(b"")
    (run.checkpoints / ".tmp-folder").mkdir()
    (run.checkpoints / ".tmp-folder" / "state.npz").write_bytes(b"")
    (run.checkpoints / ".tmp-file").write_bytes(b"")
    (run.checkpoints / ".tmp-link").symlink_to(precious)
    (run.checkpoints / "step-00000000").symlink_to(precious)
    for other in ("notes.txt", "step-1", "step-0000000x", "best.json.bak"):
        (run.checkpoints / other).write_bytes(b"")
    prune_checkpoints(run, keep=1)
    assert names(run.checkpoints) == [
        "best.json.bak",
        "notes.txt",
        "step-00000000",
        "step-00000001",
        "step-0000000x",
        "step-1",
    ]
    assert names(precious) == ["file"]


def test_prune_checkpoints_rejects_keep(run):
    with pytest.raises(ValueError, match="keep must be at least 1, got 0"):
        prune_checkpoints(run, 0)


def test_prune_checkpoints_read_only_disk(run, monkeypatch):
    for step in (1, 2, 3):
        save_checkpoint(run, step, FIRST, {})

    def fail(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(EnvironmentFault, match=r"can't remove old .*checkpoints: Read-only"):
        prune_checkpoints(run, keep=1)
    assert checkpoint_steps(run) == [1, 2, 3]
