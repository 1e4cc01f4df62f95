"""Progress of a sweep: the cells that are trained, and the remaining time."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.engines.events import CellEpoch, CellStarted, CellSubmitted, Event


@dataclass
class CellProgress:
    """Progress of a cell that is trained.

    Attributes:
        start: Time of its start, of `time.monotonic`.
        epochs: Number of its epochs; None before the end of the first one.
        metrics: Metrics of the last finished epoch, `EpochMetrics` as a dict; {} before.
        best: Best validation accuracy of the finished epochs; None before.
    """

    start: float
    epochs: int | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    best: float | None = None

    @property
    def share(self) -> float:
        """Share of its epochs that are finished."""
        return self.metrics["epoch"] / self.epochs if self.epochs and self.metrics else 0.0

    @property
    def seconds(self) -> float:
        """Time since its start."""
        return time.monotonic() - self.start


@dataclass
class SweepProgress:
    """Progress of a sweep.

    Attributes:
        total: Number of cells of the sweep.
        to_train: Number of cells that have not ended.
        running: Name of a cell that is trained -> its progress.
        submitted: Cells that wait or run in a queue.
        start: Time of the start, of `time.monotonic`.
    """

    total: int
    to_train: int
    running: dict[str, CellProgress] = field(default_factory=dict)
    submitted: list[CellSubmitted] = field(default_factory=list)
    start: float = field(default_factory=time.monotonic)
    _trained: float = 0.0

    @property
    def done(self) -> int:
        """Number of cells that have ended, or that are not valid."""
        return self.total - self.to_train

    def handle(self, event: Event) -> CellProgress:
        """Take an event, and return the progress of its cell."""
        if isinstance(event, CellSubmitted):
            self.submitted.append(event)
            return CellProgress(time.monotonic())
        if isinstance(event, CellStarted):
            self.running[event.cell] = CellProgress(time.monotonic())
            return self.running[event.cell]
        cell = self.running.setdefault(event.cell, CellProgress(time.monotonic()))
        if isinstance(event, CellEpoch):
            cell.epochs, cell.metrics = event.epochs, event.metrics
            cell.best = max(cell.best or 0.0, event.metrics["validation_accuracy"])
        elif isinstance(event, CellEnd):
            del self.running[event.cell]
            if event.outcome not in ("interrupted", "busy"):
                self.to_train -= 1
                self._trained += 1
        return cell

    def left(self) -> timedelta | None:
        """Return the remaining time, estimated from the cells so far; None before the first."""
        trained = self._trained + sum(cell.share for cell in self.running.values())
        if not trained:
            return None
        remaining = self.to_train - sum(cell.share for cell in self.running.values())
        return timedelta(seconds=round((time.monotonic() - self.start) / trained * remaining))
