"""Progress of a sweep, and its estimate of the remaining time."""

from datetime import timedelta

import pytest

from stnctl.sweeps import progress as module
from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.engines.events import CellEpoch, CellStarted
from stnctl.sweeps.progress import SweepProgress


@pytest.fixture
def clock(monkeypatch):
    """Set the time of the progress by hand."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def epoch(number, accuracy):
    return CellEpoch("a", 4, {"epoch": number, "validation_accuracy": accuracy, "seconds": 1.0})


def test_a_cell(clock):
    progress = SweepProgress(total=5, to_train=3, start=clock.now)
    assert (progress.done, progress.left()) == (2, None)
    progress.handle(CellStarted("a"))
    clock.now += 10
    cell = progress.handle(epoch(1, 0.9))
    assert (cell.best, cell.share, cell.seconds) == (0.9, 0.25, 10)
    assert progress.handle(epoch(2, 0.8)).best == 0.9
    assert progress.left() == timedelta(seconds=50)  # half a cell in 10 s, and 2.5 are left
    progress.handle(CellEnd("a", "finished"))
    assert (progress.done, progress.running) == (3, {})
    assert progress.left() == timedelta(seconds=20)


@pytest.mark.parametrize("outcome", ["interrupted", "busy"])
def test_a_cell_that_is_trained_later(clock, outcome):
    progress = SweepProgress(total=1, to_train=1, start=clock.now)
    progress.handle(CellStarted("a"))
    progress.handle(CellEnd("a", outcome))
    assert (progress.done, progress.running) == (0, {})
