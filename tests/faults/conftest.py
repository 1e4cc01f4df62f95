"""Fixtures: a finished run, and a run that SIGTERM interrupted; each test works on copies."""

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stnctl.runs.directory import RunDirectory
from tests.cli.conftest import Command
from tests.cli.fork_server import ForkedCommand
from tests.faults.audited_child import AuditedChild
from tests.faults.self_signal import run_until

CONFIG = """
data: {source: digits}
model:
  transformer: null
  classifier: {filters: [4], units: 8, dropout: 0.2}
train: {epochs: 2, batch_size: 32, checkpoint_every: 1 steps}
"""
SECONDS_TO_START = 60.0


class FaultCommand(Command):
    """The real command, in the folder of one test, which may get copies of runs."""

    def copy(self, original: RunDirectory, name: str = "x") -> RunDirectory:
        """Return a copy of a run, named ``name``, in ``runs/`` of the folder."""
        path = self.folder / "runs" / name
        shutil.copytree(original.path, path)
        return RunDirectory(path)


def wait_until(happens: Callable[[], bool], process: ForkedCommand) -> None:
    """Wait until ``happens()`` is true; fail if the process ends first."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not happens():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def stnctl(tmp_path) -> FaultCommand:
    (tmp_path / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    return FaultCommand(tmp_path)


@pytest.fixture(scope="session")
def _session_stnctl(tmp_path_factory) -> FaultCommand:
    path: Path = tmp_path_factory.mktemp("originals")
    (path / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    return FaultCommand(path)


@pytest.fixture(scope="session")
def finished_run(_session_stnctl) -> RunDirectory:
    """A run that trained to its end without an interruption."""
    done = _session_stnctl("train", "tiny.yaml", "--name", "finished", "--quiet")
    assert done.returncode == 0, done.stderr
    return RunDirectory(_session_stnctl.folder / "runs" / "finished")


@pytest.fixture(scope="session")
def interrupted_run(_session_stnctl) -> RunDirectory:
    """A run that SIGTERM stopped within its second epoch."""
    moments = " ".join(["os.rename:best.json", *["os.rename:step-"] * 4])
    train = ("train", "tiny.yaml", "--name", "interrupted", "--quiet")
    done = run_until(_session_stnctl.folder, moments, *train, number=signal.SIGTERM)
    assert done.returncode == 143, done.stderr
    return RunDirectory(_session_stnctl.folder / "runs" / "interrupted")


@pytest.fixture(scope="session")
def warm_child():
    """A child process with Keras loaded, which runs one command after another."""
    child = AuditedChild()
    yield child
    child.close()
