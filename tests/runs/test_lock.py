import fcntl
import os
import re
import signal
import socket

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock

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


def is_locked(run):
    if not run.lock.exists():
        return False
    with run.lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def start(*children):
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()


def test_run_lock_frees(run):
    assert not is_locked(run)
    run.lock.write_text("123456789 " + "host" * 50, encoding="utf-8")
    for _ in range(2):
        with run_lock(run):
            assert is_locked(run)
            content = run.lock.read_text(encoding="utf-8")
            assert content == f"{os.getpid()} {socket.gethostname()}\n"
        assert not is_locked(run)


def test_run_lock_frees_on_error(run):
    with pytest.raises(KeyError), run_lock(run):
        raise KeyError
    assert not is_locked(run)


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
    assert is_locked(run)
    with pytest.raises(EnvironmentFault, match=f"in use by process {child.pid} on") as caught:  # noqa: SIM117
        with run_lock(run):
            pass
    assert caught.value.exit_code == 4
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not is_locked(run)
    with run_lock(run):
        assert is_locked(run)


def test_run_lock_rejects_link(run, tmp_path):
    run.lock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"x/\.lock is a symbolic link, expected a regular file"):  # noqa: SIM117
        with run_lock(run):
            pass
    assert not (tmp_path / "elsewhere").exists()


def test_run_lock_rejects_missing_run(runs_dir):
    with (
        pytest.raises(EnvironmentFault, match="No such file or directory"),
        run_lock(RunDirectory(runs_dir / "x")),
    ):
        pass


@pytest.mark.parametrize(
    ("make", "found"), [(os.mkfifo, "a pipe, socket or device"), (os.mkdir, "a folder")]
)
def test_run_lock_rejects_other_kinds(run, make, found):
    make(run.lock)
    with pytest.raises(InputError, match=rf"\.lock is {found}, expected a regular file"):  # noqa: SIM117
        with run_lock(run):
            pass


def test_run_lock_shows_no_control_characters(run):
    """The holder in an untrusted file is not printed."""
    run.lock.write_text("1 \x1b[2Jhere\n", encoding="utf-8")
    with run.lock.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(EnvironmentFault, match="is in use by another process"):  # noqa: SIM117
            with run_lock(run):
                pass
