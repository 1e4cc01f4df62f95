import json
import os
import pty
import subprocess
import sys

import pytest

from stnctl.cli.streams import LOOK_ALIKE, MessageStream


@pytest.fixture
def shell(tmp_path):
    """Run a line of bash, in which `stnctl` is the real command."""

    def run(line):
        line = f'stnctl() {{ {sys.executable} -m stnctl "$@"; }}\nset -o pipefail\n{line}'
        return subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.parametrize("command", ["--help", "train no.yaml --json"])
def test_closed_stdout_is_reported_first(shell, command):
    done = shell(f"stnctl {command} >&-")
    assert (done.returncode, done.stderr.splitlines()[0]) == (4, "error stdout is closed")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["schema", "--version"])
def test_full_stdout_is_reported(shell, command, unbuffered):
    done = shell(f"PYTHONUNBUFFERED={unbuffered} stnctl {command} >/dev/full")
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "error can't write to stdout: No space left on device",
        "hint  send it to a file on a disk with room",
    ]


def test_full_stdout_is_reported_by_help(shell):
    done = shell("stnctl --help >/dev/full")
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1
    assert "stdout" in done.stderr


@pytest.mark.parametrize("command", ["schema", "--version", "--help"])
def test_pipe_without_reader_is_no_error(shell, command):
    done = shell(f"stnctl {command} | true")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_exit_code_without_stderr(shell, stderr):
    done = shell(f"stnctl warp no.png --theta 1 0 0 0 1 0 {stderr}")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


def test_result_without_other_streams(shell):
    done = shell("stnctl schema <&- 2>&-")
    assert done.returncode == 0
    assert json.loads(done.stdout)


def test_names_that_are_not_utf_8_are_escaped(shell):
    done = shell(r"stnctl warp $'\xff\x1b[31m.png' --theta 1 0 0 0 1 0")
    assert done.returncode == 3
    assert r"\udcff\x1b[31m.png does not exist" in done.stderr


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("ascii", "45° 3×4 · ±1 a…z", b"45 deg 3x4 . +-1 a...z"),
        ("latin-1", "45° …", b"45\xb0 ..."),
        ("ascii", "é\u0416\U0001f600\udcff", rb"\xe9\u0416\U0001f600\udcff"),
        ("utf-8", "é°\udcff", "é°".encode() + rb"\udcff"),
    ],
)
def test_look_alike_preset(encoding, text, written):
    assert text.encode(encoding, LOOK_ALIKE) == written


def test_message_stream_of_a_closed_terminal(monkeypatch):
    """As under `nohup` or after `disown`: messages are dropped, and the command continues."""
    ours, theirs = pty.openpty()
    stream = MessageStream()
    with os.fdopen(theirs, "w", buffering=1) as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert (stream.write("seen\n"), stream.isatty()) == (5, True)
        assert os.read(ours, 9) == b"seen\r\n"
        os.close(ours)
        for _ in range(2):
            assert stream.write("lost\n") == 5
            stream.flush()
