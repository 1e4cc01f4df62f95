import fcntl
import os
import re
import signal
import socket
import time

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_running, run_lock

HOLD = """
import sys
from pathlib import Path
from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock

print("ready", flush=True)
sys.stdin.readline()
try:
    with run_lock(RunDirectory(Path(sys.argv[1]))):
        print("won", flush=True)
        sys.stdin.readline()
except EnvironmentFault as fault:
    print(fault, flush=True)
"""


def start(*children):
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()


def test_run_lock_frees(run):
    assert not is_running(run)
    run.lock.write_text("123456789 " + "host" * 50, encoding="utf-8")
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
    start(*children)
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


def test_run_lock_outwaits_look(run, monkeypatch):
    """A look by `is_running` of another process is over before the last attempt."""
    with run_lock(run):
        pass
    with run.lock.open("rb") as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(look, fcntl.LOCK_UN))
        with run_lock(run):
            assert is_running(run)


def test_run_lock_rejects_link(run, tmp_path):
    run.lock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"x/\.lock is a symbolic link"):  # noqa: SIM117
        with run_lock(run):
            pass
    assert not (tmp_path / "elsewhere").exists()


def test_run_lock_rejects_missing_run(runs_dir):
    with (
        pytest.raises(EnvironmentFault, match="No such file or directory"),
        run_lock(RunDirectory(runs_dir / "x")),
    ):
        pass


def test_is_running_ignores_stale_file(run):
    run.lock.write_text("1 elsewhere\n", encoding="utf-8")
    assert not is_running(run)


def test_is_running_rejects_link(run, tmp_path):
    run.lock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"\.lock is a symbolic link"):
        is_running(run)


def test_is_running_ignores_other_looks(run):
    with run_lock(run):
        pass
    with run.lock.open("rb") as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        assert not is_running(run)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_is_running_rejects_what_is_no_file(run, make):
    make(run.lock)
    with pytest.raises(InputError, match=r"\.lock is not a regular file"):
        is_running(run)


def test_run_lock_shows_no_control_characters(run):
    """What another's file says of its holder does nothing to the terminal."""
    run.lock.write_text("1 \x1b[2Jhere\n", encoding="utf-8")
    with run.lock.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(EnvironmentFault, match="is in use by another process"):  # noqa: SIM117
            with run_lock(run):
                pass
