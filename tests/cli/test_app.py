import os
import signal
import subprocess
import sys

import pytest
import typer

from stnctl import __version__
from stnctl.cli import app, console

INTERRUPTED = "interrupted; no file was left half-written\n"


def test_version(stnctl):
    done = stnctl("--version")
    assert (done.returncode, done.stdout) == (0, f"stnctl {__version__}\n")


@pytest.mark.parametrize("command", ["", "train", "eval", "inspect", "warp", "schema"])
def test_help_has_examples(stnctl, command):
    done = stnctl(*command.split(), "-h")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: stnctl")
    assert "Example" in done.stdout
    assert done.stderr == ""


def test_unknown_command_is_rejected(stnctl):
    done = stnctl("wrap", "x.png")
    assert done.returncode == 2
    assert "Did you mean 'warp'?" in done.stderr
    assert done.stdout == ""


def test_unknown_option_is_rejected(stnctl):
    done = stnctl("eval", "x", "--spilt", "test")
    assert done.returncode == 2
    assert "--split" in done.stderr


def fail():
    raise RuntimeError("the cat sat on it")


@pytest.mark.parametrize("debug", [False, True])
def test_main_shows_a_traceback_with_debug_only(monkeypatch, capfd, debug):
    monkeypatch.setattr(sys, "argv", ["stnctl", *(["--debug"] if debug else []), "schema"])
    monkeypatch.setattr(console, "result_json", lambda _: fail())
    with pytest.raises(SystemExit) as stop:
        app.main()
    assert stop.value.code == 1
    stderr = capfd.readouterr().err
    assert "RuntimeError: the cat sat on it" in stderr
    assert ("Traceback" in stderr) is debug


@pytest.mark.parametrize(
    ("problem", "code", "message"),
    [
        (PermissionError(13, "Permission denied", "x/y"), 4, "x/y: Permission denied"),
        (MemoryError(), 4, "lower train.batch_size"),
        (type("ResourceExhaustedError", (Exception,), {})("OOM"), 4, "lower train.batch_size"),
        (type("AbortedError", (Exception,), {})(f"status 1, {app.ONEDNN}"), 4, "batch_size"),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA"), 4, "lower train.batch_size"),
        (type("XlaRuntimeError", (RuntimeError,), {})("RESOURCE_EXHAUSTED: Out"), 4, "batch_size"),
        (type("XlaRuntimeError", (RuntimeError,), {})("INTERNAL: x"), 1, "INTERNAL: x"),
    ],
)
def test_main_reports_errors_of_the_system(monkeypatch, capfd, problem, code, message):
    def fail(_):
        raise problem

    monkeypatch.setattr(sys, "argv", ["stnctl", "schema"])
    monkeypatch.setattr(console, "result_json", fail)
    with pytest.raises(SystemExit) as stop:
        app.main()
    assert stop.value.code == code
    assert message in capfd.readouterr().err


def test_main_reports_a_missing_current_folder(tmp_path):
    line = f"rmdir {tmp_path} && {sys.executable} -m stnctl eval latest"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.startswith("error the current folder does not exist\n")


INTERRUPTED_EARLY = """
import os, runpy, signal, sys

def watch(event, arguments):
    if event == "import" and arguments[0] == "typer":
        os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.addaudithook(watch)
sys.argv = ["stnctl", "--help"]
runpy.run_module("stnctl", run_name="__main__")
"""


def test_main_interrupted_while_loading():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_EARLY], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def stop_itself(number):
    return lambda _: os.kill(os.getpid(), number)


def stop_library(_):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        raise ImportError("initialization failed") from None


def stop_by_command(_):
    raise typer.Exit(130)


@pytest.mark.parametrize(
    ("leave", "code", "message"),
    [
        (stop_itself(signal.SIGINT), 130, INTERRUPTED),
        (stop_itself(signal.SIGTERM), 143, INTERRUPTED),
        (stop_itself(signal.SIGHUP), 129, INTERRUPTED),
        (stop_library, 143, INTERRUPTED),
        (stop_by_command, 130, ""),
    ],
)
def test_main_reports_an_interruption(monkeypatch, capfd, leave, code, message):
    """If the command exits by itself, there is no second message."""
    monkeypatch.setattr(sys, "argv", ["stnctl", "schema"])
    monkeypatch.setattr(console, "result_json", leave)
    with pytest.raises(SystemExit) as stop:
        app.main()
    assert (stop.value.code, capfd.readouterr().err) == (code, message)


def test_main_escapes_characters_that_cannot_be_encoded(stnctl, tmp_path):
    done = stnctl("warp", "ħ.png", "--theta", "1 0 0 0 1 0", PYTHONIOENCODING="ascii")
    assert done.returncode == 3
    assert "does not exist" in done.stderr
