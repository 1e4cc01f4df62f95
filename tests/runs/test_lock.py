import os
import re
import signal
import socket
from multiprocessing import get_context

import pytest

from stnctl.errors import EnvironmentFault
from stnctl.runs import RunDirectory, is_running, run_lock

HOLD = """
import sys
from pathlib import Path
from stnctl.errors import EnvironmentFault
from stnctl.runs import RunDirectory, run_lock

print("ready", flush=True)
sys.stdin.readline()
try:
    with run_lock(RunDirectory(Path(sys.argv[1]))):
        print("won", flush=True)
        sys.stdin.readline()
except EnvironmentFault as fault:
    print(fault, flush=True)
"""


def start(child):
    assert child.stdout.readline() == "ready\n"
    child.stdin.write("\n")
    child.stdin.flush()


def test_run_lock_frees(run):
    assert not is_running(run)
    for _ in range(2):
        with run_lock(run):
            assert is_running(run)
            content = run.lock.read_text(encoding="utf-8")
            assert content == f"{os.getpid()} {socket.gethostname()}\n"
        assert not is_running(run)


def test_run_lock_frees_on_error(run):
    with pytest.raises(KeyError), run_lock(run):
        raise KeyError
    assert not is_running(run)


def test_run_lock_race(run, start_python):
    children = [start_python(HOLD, run.path) for _ in range(3)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    answers = [child.stdout.readline() for child in children]
    assert answers.count("won\n") == 1
    winner = children[answers.index("won\n")]
    answers.remove("won\n")
    holder = rf"{run.path} is in use by (process {winner.pid} on {socket.gethostname()}|another .*)"
    assert all(re.search(holder, answer) for answer in answers)


def test_run_lock_freed_by_kill(run, start_python):
    child = start_python(HOLD, run.path)
    start(child)
    assert child.stdout.readline() == "won\n"
    assert is_running(run)
    with pytest.raises(EnvironmentFault, match=f"in use by process {child.pid} on") as caught:  # noqa: SIM117
        with run_lock(run):
            pass
    assert caught.value.exit_code == 4
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not is_running(run)
    with run_lock(run):
        assert is_running(run)
