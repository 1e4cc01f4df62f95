import io
from dataclasses import replace

import pytest
from rich.console import Console

from stnctl.cli import console, train_display
from stnctl.cli.signals import StopRequest
from stnctl.training.callbacks import EpochMetrics

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
    display = train_display.QuietDisplay(3, tmp_path / "train.log", stop)
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
    display = train_display.LineDisplay(3, tmp_path / "train.log", StopRequest())
    display.on_epoch_end(METRICS, best=False)
    logged = (tmp_path / "train.log").read_text()
    assert screen.getvalue() == logged


def test_live_display_shows_bars_and_table(tmp_path, screen):
    display = train_display.LiveDisplay(2, tmp_path / "train.log", StopRequest(), batch_size=8)
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
    display = train_display.LiveDisplay(40, tmp_path / "train.log", StopRequest(), batch_size=8)
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
    display = train_display.LiveDisplay(2, tmp_path / "train.log", StopRequest(), batch_size=8)
    display.on_epoch_start(2, 6, 10)
    display.on_step(0.5, 0.75)
    task = display.bars.tasks[display.steps]
    assert (task.completed, task.total) == (7, 10)
