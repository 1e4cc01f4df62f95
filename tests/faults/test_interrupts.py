"""Signals, and two trainings of one run at the same time."""

import signal
import time

import pytest

from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from tests.faults.chaos import file_digests
from tests.faults.conftest import wait_until

SECONDS_TO_STOP = 60.0

BLOCKER = """
import time

open("loading", "w").close()
while True:
    time.sleep(0.01)
"""
"""A module in place of Keras that writes a file when it is imported, and never returns."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_stops_after_the_step(stnctl, finished_run, warm_child, number, code):
    run = RunDirectory(stnctl.folder / "runs" / "x")
    child = stnctl.fork("train", "tiny.yaml", "--name", "x")
    wait_until(lambda: len(checkpoint_steps(run)) > 1, child)
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=SECONDS_TO_STOP)
    assert (child.returncode, stdout) == (code, "")
    assert f"stopped after step {max(checkpoint_steps(run))}; a checkpoint is saved" in stderr
    assert stderr.endswith("next  stnctl train --resume runs/x\n")
    assert "Traceback" not in stderr

    done = warm_child(stnctl.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)
    events = [event["event"] for event in read_record(run)["events"]]
    assert events == ["start", "interrupted", "resume", "end"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_second_signal_stops_at_once(stnctl, number, code):
    """Both signals arrive before Keras is loaded: a module in its place never returns."""
    blocker = stnctl.folder / "blocker" / "keras.py"
    blocker.parent.mkdir()
    blocker.write_text(BLOCKER, encoding="utf-8")
    child = stnctl.start("train", "tiny.yaml", "--name", "x", PYTHONPATH=str(blocker.parent))
    assert child.stderr
    assert child.stderr.readline() == "run   runs/x\n"
    while not (stnctl.folder / "loading").exists():
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(number)
    assert "press again to exit at once" in child.stderr.readline()
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=SECONDS_TO_STOP)
    assert (child.returncode, stdout, stderr) == (code, "", "")
    assert not checkpoint_steps(RunDirectory(stnctl.folder / "runs" / "x"))


def test_two_trainings_of_one_run(stnctl, interrupted_run, finished_run, warm_child):
    """One is rejected; `eval` works meanwhile; SIGKILL of the other releases the run.

    SIGSTOP pauses the one with the lock, so it cannot end before the other one starts.
    """
    run = stnctl.copy(interrupted_run)
    before = run.lock.read_bytes()
    both = {child.pid: child for child in (stnctl.fork("train", "--resume", "x") for _ in range(2))}
    while (holder := run.lock.read_bytes()) in (before, b""):
        assert any(child.poll() is None for child in both.values())
        time.sleep(0.001)
    winner = both.pop(int(holder.split()[0]))
    winner.send_signal(signal.SIGSTOP)
    [loser] = both.values()
    stdout, stderr = loser.communicate()
    assert (loser.returncode, stdout) == (4, "")
    assert f"the run runs/x is in use by process {winner.pid} on" in stderr

    evaluated = warm_child(stnctl.folder, "eval", "x")
    assert evaluated.code == 0, evaluated.stderr
    assert winner.poll() is None
    winner.kill()
    winner.communicate()
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)
