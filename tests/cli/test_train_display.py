import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import termios
from contextlib import suppress
from dataclasses import replace

import pytest
from rich.console import Console

from stnctl.cli import console, train_display
from stnctl.cli.signals import StopRequest
from stnctl.config.distortion_sets import R
from stnctl.config.part_sections import Freeze
from stnctl.config.penalties_section import Penalties
from stnctl.config.stage_section import StageConfig
from stnctl.config.train_section import TrainConfig
from stnctl.errors import DivergedError
from stnctl.training.callbacks import EpochMetrics, Interrupted
from stnctl.training.epoch_log import EpochLog
from tests.cli.conftest import TINY
from tests.cli.fork_server import fork_server
from tests.data.synthetic import write_npz

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
STDERR_TO = """
import os, sys

os.dup2(os.open({name!r}, os.O_RDWR | os.O_NOCTTY), 2)
sys.stderr = open(2, "w", 1, closefd=False)
"""
ERASE_LINE = "\x1b[2K"


def never():
    return False


METRICS = EpochMetrics(
    epoch=1, step=10, loss=0.5, accuracy=0.75, validation_loss=0.25, validation_accuracy=0.875,
    seconds=2.0, images_per_second=480.0,
)  # fmt: skip


@pytest.fixture
def screen(monkeypatch):
    """Return the output of a terminal."""
    drawn = io.StringIO()
    terminal = Console(file=drawn, force_terminal=True, width=160, highlight=False)
    monkeypatch.setattr(console, "err", lambda: terminal)
    return drawn


def test_quiet_display_logs_and_stops(tmp_path, screen):
    stop = StopRequest()
    display = EpochLog(TrainConfig(epochs=3), tmp_path / "train.log", stop.is_received)
    display.on_epoch_end(METRICS, best=True)
    assert not display.should_stop()
    stop.signal = 2
    assert display.should_stop()
    line = (tmp_path / "train.log").read_text()
    assert line == (
        "epoch 1/3  loss 0.5000  accuracy 0.7500  val. loss 0.2500  val. accuracy 0.8750  "
        "2.0 s  480 images/s  left 0:00:04  best\n"
    )
    assert screen.getvalue() == ""


def test_line_display_prints_the_logged_line(tmp_path, screen):
    display = train_display.LineDisplay(TrainConfig(epochs=3), tmp_path / "train.log", never)
    display.on_epoch_end(METRICS, best=False)
    logged = (tmp_path / "train.log").read_text()
    assert screen.getvalue() == logged


def test_a_collapse_is_said_once(tmp_path, screen):
    """It is said after an epoch without a collapse, by each display."""
    sentence = "V of stn is blank"
    epochs = [(), (sentence,), (sentence,), (), (sentence,)]
    for name in ("LineDisplay", "LiveDisplay"):
        log = tmp_path / f"{name}.log"
        display = getattr(train_display, name)(TrainConfig(epochs=5), log, never)
        for number, collapses in enumerate(epochs, start=1):
            display.on_epoch_end(replace(METRICS, epoch=number, collapses=collapses), best=False)
        lines = log.read_text().splitlines()
        assert [number for number, line in enumerate(lines) if "collapse" in line] == [2, 6], name
        assert lines[2] == f"collapse  {sentence}"
    assert screen.getvalue().count(sentence) == 4
    assert "WARNING" in screen.getvalue()


def live_display(folder, epochs):
    train = TrainConfig(epochs=epochs, batch_size=8)
    return train_display.LiveDisplay(train, folder / "train.log", never)


def test_live_display_shows_bars_and_table(tmp_path, screen):
    display = train_display.LiveDisplay(
        TrainConfig(epochs=2, batch_size=8), tmp_path / "train.log", never
    )
    with display.shown():
        display.on_epoch_start(1, 0, 10)
        for _ in range(10):
            display.on_step(0.5, 0.75)
        assert display.bars.tasks[display.steps].completed == 10
        display.on_epoch_end(METRICS, best=True)
    shown = screen.getvalue()
    assert "epochs" in shown
    for word in ("0.5000", "0.8750", "480", "best"):
        assert word in shown
    assert "epoch 1/2" in (tmp_path / "train.log").read_text()


def test_live_display_fits_a_small_screen(tmp_path, monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100, height=24)
    monkeypatch.setattr(console, "err", lambda: terminal)
    display = train_display.LiveDisplay(
        TrainConfig(epochs=40, batch_size=8), tmp_path / "train.log", never
    )
    for epoch in range(1, 31):
        display.on_epoch_end(replace(METRICS, epoch=epoch), best=False)
    with terminal.capture() as capture:
        terminal.print(display.view())
    lines = capture.get().splitlines()
    assert len(lines) <= 24
    assert "30/40" in lines[0]
    assert "left 0:00:20" in lines[0]
    assert lines[-2].lstrip().startswith("30 ")


def test_live_display_of_a_resumed_epoch(tmp_path, screen):
    display = train_display.LiveDisplay(
        TrainConfig(epochs=2, batch_size=8), tmp_path / "train.log", never
    )
    display.on_epoch_start(2, 6, 10)
    display.on_step(0.5, 0.75)
    task = display.bars.tasks[display.steps]
    assert (task.completed, task.total) == (7, 10)


@pytest.fixture
def narrow(monkeypatch):
    """Return a function from a width to a terminal of this width, and 24 lines."""

    def make(width):
        terminal = Console(file=io.StringIO(), force_terminal=True, width=width, height=24)
        monkeypatch.setattr(console, "err", lambda: terminal)
        return terminal

    return make


@pytest.mark.parametrize(
    ("width", "row", "state"),
    [
        (80, "9 0.5000 0.7500 0.2500 0.8750 2.0 480", "left 0:00:00 loss 0.5000 accuracy 0.7500"),
        (60, "9 0.5000 0.7500 0.2500 0.8750 2.0", "left 0:00:00 loss 0.5000"),
        (40, "9 0.5000 0.2500 0.8750", "left 0:00:00"),
        (20, "9 0.8750", ""),
    ],
)
def test_live_display_fits_a_narrow_screen(tmp_path, narrow, width, row, state):
    """Columns and texts are left out; no number is broken or cut."""
    terminal = narrow(width)
    display = train_display.LiveDisplay(
        TrainConfig(epochs=10, batch_size=8), tmp_path / "train.log", never
    )
    for epoch in range(1, 10):
        display.on_epoch_end(replace(METRICS, epoch=epoch), best=epoch == 2)
    display.on_epoch_start(10, 0, 12)
    for _ in range(12):
        display.on_step(0.5, 0.75)
    with terminal.capture() as capture:
        terminal.print(display.view())
    lines = [" ".join(ANSI.sub("", line).split()) for line in capture.get().splitlines()]
    assert max(map(len, lines)) <= width
    assert lines[-2] == row
    assert ("best" in "".join(lines)) is (width >= 40)
    assert lines[1].endswith(f"12/12 {state}".strip())


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Interrupted(7), DivergedError("nan")])
def test_live_display_keeps_the_table_after_an_error(tmp_path, screen, error):
    display = train_display.LiveDisplay(
        TrainConfig(epochs=2, batch_size=8), tmp_path / "train.log", never
    )
    with suppress(type(error)), display.shown():
        display.on_epoch_end(METRICS, best=True)
        raise error
    shown = screen.getvalue().rpartition(ERASE_LINE)[2]
    assert "0.8750" in shown
    assert "val. accuracy" in shown


@pytest.mark.usefixtures("needs_keras")
def test_train_in_a_terminal_keeps_the_table_after_ctrl_c(stnctl):
    """The terminal has 40 columns."""
    write_npz(stnctl.folder / "tiny.npz", train=64, test=32, side=12)
    (stnctl.folder / "tiny.yaml").write_text(TINY.format(data="tiny.npz"), encoding="utf-8")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 40, 0, 0))
    child = fork_server().start(
        ("train", "tiny.yaml", "--name", "x", "--set", "train.epochs=5000"),
        stnctl.folder,
        env=stnctl.environment(TERM="xterm"),
        prelude=STDERR_TO.format(name=os.ttyname(theirs)),
    )
    text, metrics = b"", stnctl.folder / "runs" / "x" / "metrics.jsonl"
    while child.poll() is None:
        if select.select([ours], [], [], 0.05)[0]:
            text += os.read(ours, 2**16)
        if metrics.exists() and metrics.read_bytes().count(b"\n") > 1:
            child.send_signal(signal.SIGINT)
            metrics = stnctl.folder / "no"
    while select.select([ours], [], [], 0)[0]:
        text += os.read(ours, 2**16)
    for descriptor in (ours, theirs):
        os.close(descriptor)
    assert child.communicate() == ("", "")
    assert child.returncode == 130, text
    shown = ANSI.sub("", text.decode().rpartition(ERASE_LINE)[2]).splitlines()
    rows = [line.split() for line in shown if re.match(r" \d+ ", line)]
    assert len(rows) > 1
    for row in rows:  # without the durations, if they need more room
        assert re.fullmatch(r"\d+( \d\.\d{4}){3,4}( [\d.,]+){0,2}( best)?", " ".join(row)), rows
    assert max(map(len, shown[: len(rows) + 4])) <= 40
    assert "stopped after step" in "\n".join(shown)


def test_line_display_names_each_stage_at_its_start(tmp_path, capsys):
    teacher = StageConfig(
        epochs=2, distortion=R(rotation=(-10.0, 10.0)), freeze=Freeze(localization="always")
    )
    train = TrainConfig(epochs=4, stages=(teacher,), penalties=Penalties(inside=1.0))
    display = train_display.LineDisplay(train, tmp_path / "train.log", never)
    for epoch in range(1, 5):
        display.on_epoch_start(epoch, 0, 10)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "stage 1/2  epochs 1 to 2  {distortion: {set: R, rotation: [-10.0, 10.0]}, "
        "freeze: {localization: always}}",
        "stage 2/2  epochs 3 to 4",
    ]
    assert (tmp_path / "train.log").read_text().splitlines() == lines


def test_line_display_without_stages(tmp_path, capsys):
    display = train_display.LineDisplay(TrainConfig(), tmp_path / "train.log", never)
    display.on_epoch_start(1, 0, 10)
    assert capsys.readouterr().err == ""
