"""Signals, and two trainings of one run at once."""

import signal
import time

import pytest

from stnctl.runs import RunDirectory, committed_steps, read_record
from tests.faults.chaos import outcome
from tests.faults.conftest import wait_until

SECONDS_TO_STOP = 10.0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_stops_after_the_step(folder, whole, warm, number, code):
    run = RunDirectory(folder.folder / "runs" / "x")
    child = folder.fork("train", "tiny.yaml", "--name", "x")
    wait_until(lambda: len(committed_steps(run)) > 1, child)
    clock = time.monotonic()
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=SECONDS_TO_STOP)
    assert (child.returncode, stdout) == (code, "")
    assert time.monotonic() - clock < SECONDS_TO_STOP
    assert f"stopped after step {max(committed_steps(run))}; everything so far is kept" in stderr
    assert stderr.endswith("next  stnctl train --resume runs/x\n")
    assert "Traceback" not in stderr

    done = warm(folder.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)
    events = [event["event"] for event in read_record(run)["events"]]
    assert events == ["start", "interrupted", "resume", "end"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_second_signal_leaves_at_once(folder, number, code):
    """Both come while Keras loads, which would take seconds more."""
    child = folder.start("train", "tiny.yaml", "--name", "x")
    assert child.stderr
    assert child.stderr.readline() == "run   runs/x\n"
    time.sleep(0.3)
    child.send_signal(number)
    assert "once more to leave at once" in child.stderr.readline()
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=SECONDS_TO_STOP)
    assert (child.returncode, stdout, stderr) == (code, "", "")
    assert not committed_steps(RunDirectory(folder.folder / "runs" / "x"))


def test_two_trainings_of_one_run(folder, cut, whole, warm):
    """One is refused; `eval` works meanwhile; kill -9 of the other frees the run."""
    run = folder.copy(cut)
    both = [folder.fork("train", "--resume", "x") for _ in range(2)]
    while not any(ended := [child.poll() is not None for child in both]):
        time.sleep(0.01)
    assert not all(ended)
    loser, winner = sorted(both, key=lambda child: child.poll() is None)
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
