import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stnctl.cli.signals import STOP_SIGNALS, interrupt_on_signals, stop_on_signals
from stnctl.errors import EXIT_CODES
from tests.cli.conftest import TINY
from tests.cli.fork_server import fork_server
from tests.data.synthetic import write_npz

ENDINGS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGQUIT: 131}


def test_every_stop_signal_is_tested():
    assert set(STOP_SIGNALS) == set(ENDINGS)
    documented = next(codes for codes in EXIT_CODES if "130" in codes)
    assert documented == ", ".join(map(str, sorted(ENDINGS.values())))


@pytest.mark.parametrize("number", ENDINGS)
def test_stop_on_signals_records_the_first(number):
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert stop.signal is None
        os.kill(os.getpid(), number)
        assert stop.signal == number
    assert signal.getsignal(number) is before


def test_stop_on_signals_exits_at_the_second():
    code = (
        "import os, signal\n"
        "from stnctl.cli.signals import stop_on_signals\n"
        "with stop_on_signals():\n"
        "    for _ in range(2):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "print('still here')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 143
    assert "still here" not in done.stdout
    assert "press again to exit at once" in done.stderr


@pytest.mark.parametrize("number", ENDINGS)
def test_interrupt_on_signals_raises_at_the_first(number):
    before = signal.getsignal(number)
    with interrupt_on_signals() as stop, pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert stop.signal == number
    assert signal.getsignal(number) is before


def test_interrupt_on_signals_exits_at_the_second():
    code = (
        "import os, signal\n"
        "from stnctl.cli.signals import interrupt_on_signals\n"
        "with interrupt_on_signals():\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    finally:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        print('still here')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


def test_interrupt_on_signals_keeps_signals_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupt_on_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
        assert stop.signal is None
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGQUIT, 131)])
def test_export_interrupted_leaves_no_file(stnctl, number, code):
    write_npz(stnctl.folder / "many.npz", train=20_000, test=10, side=20)
    (stnctl.folder / "many.yaml").write_text("data: {source: many.npz}", encoding="utf-8")
    before = sorted(stnctl.folder.iterdir())
    child = stnctl.start("data", "export", "many.yaml", "-o", "out.npz")
    while child.poll() is None and not list(stnctl.folder.glob(".tmp-*")):
        time.sleep(0.001)
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout) == (code, "")
    assert stderr == "interrupted; no file was left half-written\n"
    assert sorted(stnctl.folder.iterdir()) == before


@pytest.mark.usefixtures("needs_keras")
def test_train_hung_up_while_keras_loads(stnctl):
    """It stops after its first step, and saves a checkpoint."""
    write_npz(stnctl.folder / "tiny.npz", train=64, test=32, side=12)
    (stnctl.folder / "tiny.yaml").write_text(TINY.format(data="tiny.npz"), encoding="utf-8")
    child = stnctl.start("train", "tiny.yaml", "--name", "x")
    assert child.stderr
    assert child.stderr.readline() == "run   runs/x\n"
    while "tensorflow" not in Path("/proc", str(child.pid), "maps").read_text():
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGHUP)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout) == (129, "")
    assert "stopped after step 1; a checkpoint is saved" in stderr


ON_A_TERMINAL = """
import os, sys

os.setsid()
terminal = os.open({name!r}, os.O_RDWR)  # it becomes the terminal that sends signals
for stream in range(3):
    os.dup2(terminal, stream)
sys.stdout, sys.stderr = open(1, "w"), open(2, "w")
os.environ.update(TERM="xterm", COLUMNS="200")
"""


def read_terminal(terminal):
    """Return the output on a terminal until the last program closes it."""
    while True:
        try:
            yield os.read(terminal, 4096)
        except OSError:
            return


def test_train_on_a_terminal_stopped_by_ctrl_backslash(in_project, tmp_path):
    """The cursor stays visible, and the last messages are on the terminal, not in the log."""
    ours, theirs = pty.openpty()
    prelude = ON_A_TERMINAL.format(name=os.ttyname(theirs))
    arguments = ("tiny.yaml", f"--runs-dir={tmp_path}", "--name=x", "--set=train.epochs=10000")
    child = fork_server().start(("train", *arguments), in_project.folder, prelude=prelude)
    shown = b""
    for output in read_terminal(ours):
        os.close(theirs) if not shown else None
        if b"images/s" in output and b"images/s" not in shown:
            os.write(ours, b"\x1c")
        shown += output
    os.close(ours)
    child.communicate()
    assert child.returncode == 131, shown.decode()
    assert b"a checkpoint is saved\r\n" in shown
    assert b"stnctl train --resume" in shown
    assert b"\x1b[?25l" not in shown
