"""Node of a cluster: its version, the shared folder, and the lock of a lost worker."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from stnctl import __version__
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock
from stnctl.sweeps.cell_task import CellTask
from stnctl.sweeps.engines.cluster_node import await_lock, node_problem
from stnctl.sweeps.folder import sweep_folder


@pytest.fixture
def task(tmp_path):
    plan = sweep_folder(tmp_path, "s").plan
    plan.parent.mkdir(parents=True)
    plan.write_text("{}", encoding="utf-8")
    return CellTask("c", "c", "s", "{}", "f", 1, str(tmp_path), str(tmp_path), True)


class Never:
    @staticmethod
    def should_stop():
        return False


def test_node_problem_names_the_fault(task, tmp_path):
    assert node_problem(task, __version__) is None
    assert "has stnctl" in node_problem(task, "0.0.1")
    elsewhere = replace(task, runs_dir=str(tmp_path / "local"))
    assert "a folder that all nodes share" in node_problem(elsewhere, __version__)
    assert "no folder" in node_problem(replace(task, folder=str(tmp_path / "x")), __version__)


def test_await_lock_waits_for_its_end(task):
    run = RunDirectory(Path(task.runs_dir) / task.run)
    run.path.mkdir()
    start = time.monotonic()
    with run_lock(run):
        waiting = threading.Thread(target=await_lock, args=(task, Never))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(5)
    assert not waiting.is_alive()
    assert time.monotonic() - start < 5
