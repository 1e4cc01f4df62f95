import io
from dataclasses import replace

import pytest
from rich.console import Console

from stnctl.cli import console, train_display
from stnctl.cli.signals import StopRequest
from stnctl.training.callbacks import EpochMetrics

ROW = EpochMetrics(
    epoch=1, step=10, loss=0.5, accuracy=0.75, validation_loss=0.25, validation_accuracy=0.875,
    seconds=2.0, images_per_second=480.0,
)  # fmt: skip


@pytest.fixture
def screen(monkeypatch):
    """A terminal that remembers what was drawn."""
    drawn = io.StringIO()
    terminal = Console(file=drawn, force_terminal=True, width=160, highlight=False)
    monkeypatch.setattr(console, "err", lambda: terminal)
    return drawn


def test_quiet_observer_logs_and_stops(tmp_path, screen):
    stop = StopRequest()
    observer = train_display.QuietDisplay(3, tmp_path / "train.log", stop)
    observer.on_epoch_end(ROW, best=True)
    assert not observer.should_stop()
    stop.signal = 2
    assert observer.should_stop()
    line = (tmp_path / "train.log").read_text()
    assert line == (
        "epoch 1/3  loss 0.5000  accuracy 0.7500  val. loss 0.2500  val. accuracy 0.8750  "
        "2.0 s  480 images/s  left 0:00:04  best\n"
    )
    assert screen.getvalue() == ""


def test_line_observer_prints_what_it_logs(tmp_path, screen):
    observer = train_display.LineDisplay(3, tmp_path / "train.log", StopRequest())
    observer.on_epoch_end(ROW, best=False)
    logged = (tmp_path / "train.log").read_text()
    assert screen.getvalue() == logged


def test_live_observer_shows_bars_then_the_table(tmp_path, screen):
    observer = train_display.LiveDisplay(2, tmp_path / "train.log", StopRequest(), batch_size=8)
    with observer.shown():
        observer.on_epoch_start(1, 0, 10)
        for _ in range(10):
            observer.on_step(0.5, 0.75)
        assert observer.bars.tasks[observer.steps].completed == 10
        observer.on_epoch_end(ROW, best=True)
    shown = screen.getvalue()
    assert "epochs" in shown
    for word in ("0.5000", "0.8750", "480", "best"):
        assert word in shown
    assert "epoch 1/2" in (tmp_path / "train.log").read_text()


def test_live_observer_shows_bars_and_the_last_epochs_on_a_small_screen(tmp_path, monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100, height=24)
    monkeypatch.setattr(console, "err", lambda: terminal)
    observer = train_display.LiveDisplay(40, tmp_path / "train.log", StopRequest(), batch_size=8)
    for epoch in range(1, 31):
        observer.on_epoch_end(replace(ROW, epoch=epoch), best=False)
    with terminal.capture() as capture:
        terminal.print(observer.view())
    lines = capture.get().splitlines()
    assert len(lines) <= 24
    assert "30/40" in lines[0]
    assert "left 0:00:20" in lines[0]
    assert lines[-2].lstrip().startswith("30 ")


def test_live_observer_counts_speed_from_where_it_resumed(tmp_path, screen):
    observer = train_display.LiveDisplay(2, tmp_path / "train.log", StopRequest(), batch_size=8)
    observer.on_epoch_start(2, 6, 10)
    observer.on_step(0.5, 0.75)
    task = observer.bars.tasks[observer.steps]
    assert (task.completed, task.total) == (7, 10)
