import os
from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.errors import EnvironmentFault
from stnctl.runs import check_space, commit, committed_steps


def disk(monkeypatch, *, blocks, free):
    status = SimpleNamespace(f_blocks=blocks, f_bavail=free, f_frsize=512)
    monkeypatch.setattr(os, "statvfs", lambda _: status)


def test_check_space_preset(run, monkeypatch):
    disk(monkeypatch, blocks=100, free=4)
    check_space(run.path, 2048)
    with pytest.raises(EnvironmentFault, match="has 2,048 bytes free, 2,049 are needed"):
        check_space(run.path, 2049)


def test_check_space_passes_a_disk_without_size(run, monkeypatch):
    disk(monkeypatch, blocks=0, free=0)
    check_space(run.path, 2**40)


def test_check_space_on_the_real_disk(run):
    check_space(run.path, 1)
    with pytest.raises(EnvironmentFault, match="bytes free"):
        check_space(run.path, 2**62)


def test_check_space_of_a_folder_to_be_made(runs_dir):
    check_space(runs_dir / "x" / "y", 1)
    with pytest.raises(EnvironmentFault, match=r"the disk of .*/x/y has .* bytes free"):
        check_space(runs_dir / "x" / "y", 2**62)


def test_commit_asks_for_room_first(run, monkeypatch):
    commit(run, 1, {"a": np.zeros(8)}, {})
    disk(monkeypatch, blocks=100, free=1)
    with pytest.raises(EnvironmentFault, match="has 512 bytes free"):
        commit(run, 2, {"a": np.zeros(8)}, {})
    assert committed_steps(run) == [1]
    assert [path.name for path in run.checkpoints.iterdir()] == ["step-00000001"]
