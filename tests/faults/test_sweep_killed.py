"""SIGKILL of a sweep and of its workers at random moments, restarted each time."""

import random
import signal
import subprocess
import time

import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked
from stnctl.runs.lookup import list_runs
from stnctl.runs.provenance import read_record
from tests.cli.conftest import TINY, Command
from tests.data.synthetic import write_npz
from tests.faults.chaos import file_digests

NUM_KILLS = 20
LONGEST_S = 14.0
"""Longest time before a kill. The first step of a worker comes after about 5 s."""

SWEEP = """
name: find
base: tiny.yaml
seeds: 3
set: {train.epochs: 60}
grid: {train.learning_rate: [0.01, 0.003]}
engine: {engine: local, jobs: 2}
"""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("needs_keras")
def test_no_cell_is_lost_or_trained_twice(tmp_path):
    """The results of all cells are those of a sweep that was not killed."""
    stnctl, folder = Command(tmp_path), tmp_path
    write_npz(folder / "tiny.npz", train=64, test=32, side=12)
    (folder / "tiny.yaml").write_text(TINY.format(data="tiny.npz"), encoding="utf-8")
    (folder / "find.yaml").write_text(SWEEP, encoding="utf-8")
    moments = random.Random(0)
    for _ in range(NUM_KILLS):
        sweep = stnctl.start("sweep", "find.yaml", COLUMNS="200")
        try:
            sweep.communicate(timeout=moments.uniform(0.2, LONGEST_S))
        except subprocess.TimeoutExpired:
            sweep.send_signal(signal.SIGKILL)
            sweep.communicate()
    wait_for_workers(folder / "runs")
    done = stnctl("sweep", "find.yaml", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    whole = stnctl("sweep", "find.yaml", "--runs-dir", "whole", COLUMNS="200")
    assert whole.returncode == 0, whole.stderr

    runs = list_runs(folder / "runs")
    names = [run.name for run in list_runs(folder / "whole")]
    assert [run.name for run in runs] == names
    assert len(names) == 6
    for run in runs:
        events = [event["event"] for event in read_record(run)["events"]]
        assert events.count("end") == 1, events
        assert file_digests(run) == file_digests(RunDirectory(folder / "whole" / run.name))


def wait_for_workers(runs_dir):
    """Wait until the workers of a killed sweep have saved a checkpoint and ended."""
    deadline = time.monotonic() + 120
    while any(map(is_locked, list_runs(runs_dir))):
        assert time.monotonic() < deadline
        time.sleep(0.1)
