import io
import json
import os
import pty
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from stnctl.cli import console
from stnctl.config.messages import visible
from stnctl.errors import InputError, UsageError

UTF_8 = {"LC_ALL": "C.UTF-8"}


@pytest.fixture(autouse=True)
def fresh_consoles():
    for stream in (console.out, console.err):
        stream.cache_clear()
    yield
    for stream in (console.out, console.err):
        stream.cache_clear()


def test_result_writes_plain_text_to_stdout(capsys):
    console.result("[bold]runs/x[/]")
    assert capsys.readouterr() == ("[bold]runs/x[/]\n", "")


def test_note_writes_plain_text_to_stderr(capsys):
    console.note("[red]x")
    assert capsys.readouterr() == ("", "[red]x\n")


def test_error_writes_its_hint_to_stderr(capsys):
    console.error(InputError("no [run] 'x'", hint="look into [runs]"))
    assert capsys.readouterr() == ("", "error no [run] 'x'\nhint  look into [runs]\n")


def test_warning_is_labeled(capsys):
    console.warning("digits instead")
    assert capsys.readouterr().err.strip() == "WARNING  digits instead"


def test_next_steps_are_aligned(capsys):
    console.next_steps(["a", "b"])
    assert capsys.readouterr().err == "next  a\n      b\n"


def test_result_has_no_markup(capsys):
    console.result(":star: [/b] [old]")
    console.result_table("a[/b] :star:", ["[h]"], [["[old]"]])
    out = capsys.readouterr().out
    assert out.startswith(":star: [/b] [old]\na[/b] :star:")
    assert "[h]" in out
    assert "[old]" in out.splitlines()[-2]


def test_command_quotes_arguments():
    assert console.command("stnctl", "eval", "my runs/a") == "stnctl eval 'my runs/a'"


def test_command_of_a_path_that_begins_with_a_dash():
    assert console.command("eval", Path("-runs/a"), "--bad", 9) == "eval ./-runs/a --bad 9"


NAME = "a\x1b[31m\r\t\u009b\u202eb"
SHOWN = r"a\x1b[31m\x0d\x09\u009b\u202eb"


def test_names_with_control_characters_are_escaped(capsys):
    console.result(NAME)
    console.result_table(NAME, [NAME], [[NAME]])
    console.note(NAME)
    console.warning(NAME)
    console.error(InputError(f"one\n{NAME}", hint=NAME))
    console.bug(ValueError(NAME))
    stdout, stderr = capsys.readouterr()
    assert stdout.count(SHOWN) == 3 + 1
    assert stderr.count(SHOWN) == 5
    assert f"error one\n{SHOWN}\n" in stderr
    assert not set(stdout + stderr) & set(NAME) - set("a[31mb")


def test_result_styled_keeps_colors(capsys):
    console.result("\x1b[31m▀\x1b[0m", styled=True)
    assert capsys.readouterr().out == "\x1b[31m▀\x1b[0m\n"


@pytest.mark.parametrize("name", [NAME, "a\nb'c\\n", "$(x)", "\udcffe\n"])
def test_command_is_one_line_and_roundtrips(name):
    line = console.command("printf", "%s", name)
    assert visible(line) == line
    assert "\n" not in line
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True, env=UTF_8)
    assert done.stdout == os.fsencode(name)


def test_result_json_is_one_document(capsys):
    console.result_json({"θ": [1.5]})
    assert json.loads(capsys.readouterr().out) == {"θ": [1.5]}


def test_result_json_rejects_nan():
    with pytest.raises(ValueError, match="JSON"):
        console.result_json(float("nan"))


def test_result_table_does_not_cut_wide_rows(capsys):
    console.result_table("t", ["a" * 50, "b" * 60], [["x" * 50, "[y]"]])
    out = capsys.readouterr().out
    assert "x" * 50 in out
    assert "[y]" in out


def test_progress_without_terminal_prints_nothing(capsys):
    with console.progress("reading", unit="images") as progress:
        progress(1, 2)
        progress(2, None)
    assert capsys.readouterr() == ("", "")


def test_error_without_terminal_has_no_colors(capsys):
    console.error(InputError("x"))
    assert "\x1b" not in capsys.readouterr().err


def test_error_cuts_long_lines(capsys):
    console.error(InputError("x" * 5000 + "\n" + "y" * 50))
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"error {'x' * 2000}..."
    assert second == "y" * 50


@pytest.mark.parametrize("columns", ["0", "1", "nonsense"])
def test_error_is_shown_for_any_width(monkeypatch, columns):
    line = [sys.executable, "-m", "stnctl", "eval", "nope"]
    done = subprocess.run(
        line, env=os.environ | {"COLUMNS": columns}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.startswith("error no run 'nope'")


@pytest.mark.parametrize("no_color", [False, True])
def test_error_obeys_no_color(monkeypatch, capsys, no_color):
    monkeypatch.setenv("FORCE_COLOR", "1")
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    console.error(InputError("x"))
    assert ("\x1b[1;31m" in capsys.readouterr().err) is not no_color


TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("terminal", "encoding", "variables", "style"),
    [
        (True, "utf-8", {}, "24-bit"),
        (True, "utf-8", {"COLORTERM": ""}, "256"),
        (True, "utf-8", {"COLORTERM": "", "TERM": "xterm"}, "ascii"),
        (True, "utf-8", {"TERM": "dumb"}, "ascii"),
        (True, "utf-8", {"NO_COLOR": "1"}, "ascii"),
        (True, "utf-8", {"NO_COLOR": ""}, "24-bit"),
        (True, "ascii", {}, "ascii"),
        (True, "latin-1", {}, "ascii"),
        (False, "utf-8", {}, "ascii"),
        (False, "utf-8", {"FORCE_COLOR": "1"}, "24-bit"),
        (False, "utf-8", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, "ascii"),
    ],
)
def test_drawing_style_of_a_stream(monkeypatch, terminal, encoding, variables, style):
    file = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(file, "isatty", lambda: terminal)
    stream = Console(file=file, _environ=TERMINAL | variables)
    assert console.drawing_style(stream) == style


@pytest.mark.parametrize(("patience", "shown"), [(0.0, True), (1e9, False)])
def test_slow_progress_shows_a_bar_after_the_delay(monkeypatch, patience, shown):
    bars = []
    monkeypatch.setattr(console, "BAR_DELAY", patience)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("stnctl.cli.console.time.monotonic", iter(range(1, 9)).__next__)

    @contextmanager
    def progress(label, *, unit):
        yield lambda done, total: bars.append((label, done, total, unit))

    monkeypatch.setattr(console, "progress", progress)
    with console.slow_progress("warping") as update:
        update(0.25)
        update(1.0)
    assert bars == ([("warping", 25, 100, "%"), ("warping", 100, 100, "%")] if shown else [])


def test_slow_progress_without_terminal_prints_nothing(capsys, monkeypatch):
    monkeypatch.setattr(console, "BAR_DELAY", 0.0)
    with console.slow_progress("warping") as update:
        update(1.0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(b"y\n", True), (b"YES\n", True), (b"n\n", False), (b"\n", False), (b"yep\n", False)],
)
def test_ask_reads_the_answer_of_a_terminal(monkeypatch, answer, expected):
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0), os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        os.write(ours, answer)
        assert console.ask("remove 1 run?") is expected


def test_ask_needs_a_terminal():
    with pytest.raises(UsageError, match="no terminal"):
        console.ask("remove 1 run?")
