"""Tests of ``stnctl.models.native_crash``: the last message of a process that native code ends."""

import ctypes
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "fcloseall"), reason="needs the C library of Linux"
)

REDIRECTED = """
import ctypes, os, sys, time
from stnctl.models.native_crash import report_crashes

stderr = os.dup(2)
os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
report_crashes(stderr, "crashed: ħ\\n")
libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
{end}
"""

IN_A_NATIVE_THREAD = """
work = ctypes.cast(libc.abort, ctypes.c_void_p)
libc.pthread_create(ctypes.byref(thread), None, work, None)
time.sleep(60)
"""


@pytest.fixture
def ended(tmp_path):
    """Run a process to its end; return its exit code, its stderr, and its log."""

    def run(end):
        log = tmp_path / "log"
        line = [sys.executable, "-c", REDIRECTED.format(end=end), str(log)]
        done = subprocess.run(line, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, done.stderr, log.read_text(encoding="utf-8")

    return run


@pytest.mark.parametrize(
    ("end", "number", "logged"),
    [
        ("os.abort()", signal.SIGABRT, 'File "<string>", line 9'),
        ("ctypes.string_at(0)", signal.SIGSEGV, "in string_at"),
        (IN_A_NATIVE_THREAD, signal.SIGABRT, "Fatal Python error: Aborted"),
        ("ctypes.CDLL('libstdc++.so.6')._ZSt9terminatev()", signal.SIGABRT, "terminate called"),
    ],
)
def test_report_crashes_writes_message_and_stack(ended, end, number, logged):
    code, stderr, log = ended(end)
    assert (code, stderr) == (-number, "crashed: ħ\n")
    assert logged in log


@pytest.mark.parametrize("end", ["sys.exit(3)", "os.fork() and os.wait(); sys.exit(3)"])
def test_report_crashes_is_silent_without_a_crash(ended, end):
    assert ended(end) == (3, "", "")
