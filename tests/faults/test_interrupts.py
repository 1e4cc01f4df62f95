"""Signals, and two trainings of one run at once."""

import signal
import time

import pytest

from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from tests.faults.chaos import outcome
from tests.faults.conftest import wait_until

SECONDS_TO_STOP = 60.0

BLOCKER = """
import time

open("loading", "w").close()
while True:
    time.sleep(0.01)
"""
"""A module in the place of Keras that notes that it is imported, and never ends."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_stops_after_the_step(folder, whole, warm, number, code):
    run = RunDirectory(folder.folder / "runs" / "x")
    child = folder.fork("train", "tiny.yaml", "--name", "x")
    wait_until(lambda: len(checkpoint_steps(run)) > 1, child)
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=SECONDS_TO_STOP)
    assert (child.returncode, stdout) == (code, "")
    assert f"stopped after step {max(checkpoint_steps(run))}; everything so far is kept" in stderr
    assert stderr.endswith("next  stnctl train --resume runs/x\n")
    assert "Traceback" not in stderr

    done = warm(folder.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)
    events = [event["event"] for event in read_record(run)["events"]]
    assert events == ["start", "interrupted", "resume", "end"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_second_signal_leaves_at_once(folder, number, code):
    """Both come before Keras loads: a module in its place waits for ever."""
    blocker = folder.folder / "blocker" / "keras.py"
    blocker.parent.mkdir()
    blocker.write_text(BLOCKER, encoding="utf-8")
    child = folder.start("train", "tiny.yaml", "--name", "x", PYTHONPATH=str(blocker.parent))
    assert child.stderr
    assert child.stderr.readline() == "run   runs/x\n"
    while not (folder.folder / "loading").exists():
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(number)
    assert "once more to leave at once" in child.stderr.readline()
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=SECONDS_TO_STOP)
    assert (child.returncode, stdout, stderr) == (code, "", "")
    assert not checkpoint_steps(RunDirectory(folder.folder / "runs" / "x"))


def test_two_trainings_of_one_run(folder, cut, whole, warm):
    """One is refused; `eval` works meanwhile; kill -9 of the other frees the run.

    The one that has the lock is stopped, so that it can't end before the other one has begun.
    """
    run = folder.copy(cut)
    before = run.lock.read_bytes()
    both = {child.pid: child for child in (folder.fork("train", "--resume", "x") for _ in range(2))}
    while (holder := run.lock.read_bytes()) in (before, b""):
        time.sleep(0.001)
    winner = both.pop(int(holder.split()[0]))
    winner.send_signal(signal.SIGSTOP)
    [loser] = both.values()
    stdout, stderr = loser.communicate()
    assert (loser.returncode, stdout) == (4, "")
    assert f"the run runs/x is in use by process {winner.pid} on" in stderr

    evaluated = warm(folder.folder, "eval", "x")
    assert evaluated.code == 0, evaluated.stderr
    assert winner.poll() is None
    winner.kill()
    winner.communicate()
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)
