"""Tests of ``stnctl.__main__``: the start of a command."""

import signal
import subprocess
import sys
import warnings

import pytest

from stnctl import __main__
from stnctl.cli import app

LOADED = """
import sys

before = set(sys.modules)
import stnctl.__main__
print(*sorted(set(sys.modules) - before))
"""

QUICK = {
    *("stnctl", "stnctl.__main__", "signal", "warnings", "enum", "types", "operator", "_operator"),
    *("functools", "_functools", "collections", "_collections", "itertools", "keyword", "reprlib"),
}
"""Modules that may load before a Ctrl-C is handled."""


def test_main_loads_little_before_it_handles_signals():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) <= QUICK


@pytest.fixture
def keep_settings(monkeypatch):
    """Restore the settings of the process that `main` changes."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    with warnings.catch_warnings():
        yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("keep_settings")
def test_main_ignores_warnings_of_libraries(monkeypatch):
    """Even if the interpreter turns them into errors, as pytest does here."""
    shown = []
    monkeypatch.setattr(app, "main", lambda: shown.append(warnings.warn("old", stacklevel=1)))
    __main__.main()
    assert shown == [None]


class Faulty:
    def __del__(self):
        raise TypeError("'NoneType' object is not callable")


@pytest.mark.usefixtures("keep_settings")
@pytest.mark.parametrize("debug", [False, True])
def test_main_shows_errors_in_destructors_with_debug_only(monkeypatch, capsys, debug):
    monkeypatch.setattr(sys, "argv", ["stnctl", *(["--debug"] if debug else [])])
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
    monkeypatch.setattr(app, "main", Faulty)
    __main__.main()
    assert ("not callable" in capsys.readouterr().err) is debug


WINDOWS = """
import os, runpy, signal, sys

class WithoutPosix:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "pty", "pwd", "resource", "termios"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, WithoutPosix())
sys.modules.pop("fcntl", None)
for module, names in (
    (os, "O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK getuid statvfs"),
    (signal, "SIGHUP SIGPIPE SIGQUIT SIGTSTP"),
):
    for name in names.split():
        delattr(module, name)
{work}
"""
"""A process with the functions that Python has on Windows."""

LINE = "error stnctl runs on Linux and macOS; on Windows, use WSL\n"

AS_MODULE = """
sys.platform, sys.argv = "win32", ["stnctl", "-h"]
runpy.run_module("stnctl", run_name="__main__")
"""

AS_LIBRARY = """
import numpy as np
import stnctl

sys.platform = "win32"
print(stnctl.warp(np.ones((1, 2, 2, 1)), np.array([[1.0, 0, 0, 0, 1, 0]])).sum())
import stnctl.storage.atomic
"""


def on_windows(work):
    code = WINDOWS.format(work=work)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_main_on_windows():
    done = on_windows(AS_MODULE)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", LINE)


def test_import_on_windows():
    """`warp` works. A module that needs files raises the error of the command."""
    done = on_windows(AS_LIBRARY)
    assert (done.returncode, done.stdout) == (1, "4.0\n")
    assert done.stderr.endswith(LINE.replace("error ", "stnctl.errors.EnvironmentFault: "))
