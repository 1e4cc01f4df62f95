"""A finished run and one that SIGTERM stopped within its second epoch; each test gets copies."""

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stnctl.runs.directory import RunDirectory
from tests.cli.conftest import Command
from tests.cli.forks import Fork
from tests.faults.dying import run_until
from tests.faults.watched import Watched

CONFIG = """
data: {source: digits}
model:
  transformer: null
  classifier: {filters: [4], units: 8, dropout: 0.2}
train: {epochs: 2, batch_size: 32, checkpoint_every: 1 steps}
"""
SECONDS_TO_START = 60.0


class Folder(Command):
    """A folder of one test, in which the real command runs."""

    def copy(self, original: RunDirectory, name: str = "x") -> RunDirectory:
        """Return a copy of a run, in ``runs/`` of the folder."""
        path = self.folder / "runs" / name
        shutil.copytree(original.path, path)
        return RunDirectory(path)


def wait_until(happens: Callable[[], bool], process: Fork) -> None:
    """Wait for something that a command brings about; fail if it ends first."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not happens():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def folder(tmp_path) -> Folder:
    (tmp_path / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    return Folder(tmp_path)


@pytest.fixture(scope="session")
def _studio(tmp_path_factory) -> Folder:
    path: Path = tmp_path_factory.mktemp("studio")
    (path / "tiny.yaml").write_text(CONFIG, encoding="utf-8")
    return Folder(path)


@pytest.fixture(scope="session")
def whole(_studio) -> RunDirectory:
    """A run that was never stopped."""
    done = _studio("train", "tiny.yaml", "--name", "whole", "--quiet")
    assert done.returncode == 0, done.stderr
    return RunDirectory(_studio.folder / "runs" / "whole")


@pytest.fixture(scope="session")
def cut(_studio) -> RunDirectory:
    """A run that was stopped within its second epoch."""
    moments = " ".join(["os.rename:best.json", *["os.rename:step-"] * 4])
    train = ("train", "tiny.yaml", "--name", "cut", "--quiet")
    done = run_until(_studio.folder, moments, *train, number=signal.SIGTERM)
    assert done.returncode == 143, done.stderr
    return RunDirectory(_studio.folder / "runs" / "cut")


@pytest.fixture(scope="session")
def warm():
    """A child in which Keras is loaded; it runs one command after the other."""
    child = Watched()
    yield child
    child.close()
