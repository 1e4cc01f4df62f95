"""Fixtures of commands: the real command in a child process, and a project with a tiny run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.fork_server import TIMEOUT_S, ForkedCommand, fork_server
from tests.data.synthetic import write_npz

TINY = """
name: tiny
data: {{source: {data}, validation: 0.25}}
model:
  transformer:
    localization: {{filters: [4], bottleneck: {{units: 3}}}}
  classifier: {{filters: [4], units: 8, dropout: 0.2}}
train: {{epochs: 2, batch_size: 16, learning_rate: 0.01, threads: 1}}
"""

OF_THE_USER = {"COLUMNS", "LINES", "STNCTL_RUNS_DIR"}  # variables that change what commands print


class Command:
    """The real command, run in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end: as a fork, or with ``env`` in a new Python process."""
        if not env:
            return fork_server().run(args, self.folder, env=self.environment())
        return subprocess.run(
            self.line(*args),
            cwd=self.folder,
            env=self.environment(**env),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def fork(self, *args: str) -> ForkedCommand:
        """Start the command as a fork, in which Keras is loaded already."""
        return fork_server().start(args, self.folder, env=self.environment())

    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        """Start the command in a new Python process, with stdout and stderr as pipes."""
        return subprocess.Popen(
            self.line(*args),
            cwd=self.folder,
            env=self.environment(**env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def line(*args: str) -> list[str]:
        return [sys.executable, "-m", "stnctl", *args]

    @staticmethod
    def environment(**env: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_USER}
        return kept | env


@pytest.fixture
def stnctl(tmp_path):
    return Command(tmp_path)


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """Return a folder with tiny data, its config, and a finished run `stn`."""
    folder = tmp_path_factory.mktemp("project")
    write_npz(folder / "tiny.npz", train=64, test=32, side=12)
    (folder / "tiny.yaml").write_text(TINY.format(data="tiny.npz"), encoding="utf-8")
    done = Command(folder)("train", "tiny.yaml", "--name", "stn")
    assert done.returncode == 0, done.stderr
    (folder / "train.stdout").write_text(done.stdout, encoding="utf-8")
    (folder / "train.stderr").write_text(done.stderr, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def in_project(project):
    return Command(project)
