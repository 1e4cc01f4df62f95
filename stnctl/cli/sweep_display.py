"""Displays of a sweep: a live table on a terminal, otherwise one line per event."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from stnctl.cli import console
from stnctl.cli.tables import tables
from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.engines.events import CellStarted, Event
from stnctl.sweeps.progress import CellProgress, SweepProgress

HEADER = ("cell", "epoch", "val. accuracy", "best", "time", "left")
MAX_FAILED_TEXT = 300

_BESIDE_ROWS = 6
"""Number of lines of the live view that are not rows of the table, with a margin."""


class QuietSweep:
    """Display that shows nothing."""

    def __init__(self, progress: SweepProgress) -> None:
        """Store the progress, which the display updates."""
        self.progress = progress

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Provide the ``with`` block in which events are displayed."""
        yield

    def on_event(self, event: Event) -> None:
        """Take an event."""
        self.progress.handle(event)


class SweepLines(QuietSweep):
    """Display that prints a line for each start and each end of a cell."""

    def on_event(self, event: Event) -> None:
        """Display an event."""
        cell = self.progress.handle(event)
        if isinstance(event, CellStarted):
            again = f" again, attempt {event.attempt}" if event.attempt > 1 else ""
            console.note(f"start {event.cell}{again}")
        elif isinstance(event, CellEnd):
            console.note(self.end_line(event, cell))

    def end_line(self, end: CellEnd, cell: CellProgress) -> str:
        """Return a line with the end of a cell, its best accuracy, and the state of the sweep."""
        parts = [f"{end.outcome} {end.cell}"]
        if end.problem:
            parts.append(end.problem[:MAX_FAILED_TEXT])
        elif cell.best is not None:
            parts.append(f"best val. accuracy {cell.best:.4f}")
        parts.append(_time(cell.seconds))
        parts.append(f"{self.progress.done}/{self.progress.total}")
        if self.progress.to_train and (left := self.progress.left()):
            parts.append(f"left {left}")
        return "  ".join(parts)


class LiveSweep(SweepLines):
    """Display with a bar of all cells and a table of those that are trained.

    The ends of cells are lines above it.
    """

    def __init__(self, progress: SweepProgress) -> None:
        """Create the bar."""
        super().__init__(progress)
        self.bar = Progress(
            TextColumn("cells"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            console=console.err(),
        )
        self.task = self.bar.add_task("", total=progress.total, completed=progress.done, state="")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the live view in the ``with`` block."""
        with Live(
            get_renderable=self.view, console=console.err(), refresh_per_second=4, transient=True
        ):
            yield

    def view(self) -> Group:
        """Return the bar, and a table of the cells that are trained."""
        left = self.progress.left()
        self.bar.update(
            self.task, completed=self.progress.done, state="" if left is None else f"left {left}"
        )
        room = max(console.err().height - _BESIDE_ROWS, 1)
        rows = [_row(name, cell) for name, cell in list(self.progress.running.items())[:room]]
        return Group(self.bar, *tables(HEADER, rows, console.err().width))

    def on_event(self, event: Event) -> None:
        """Display an event."""
        cell = self.progress.handle(event)
        if isinstance(event, CellEnd):
            console.note(self.end_line(event, cell))


def _row(name: str, cell: CellProgress) -> list[str]:
    if not cell.metrics:
        return [name, "-", "-", "-", _time(cell.seconds), "-"]
    left = cell.metrics["seconds"] * (cell.epochs - cell.metrics["epoch"]) if cell.epochs else 0
    return [
        name,
        f"{cell.metrics['epoch']}/{cell.epochs}",
        f"{cell.metrics['validation_accuracy']:.4f}",
        f"{cell.best:.4f}",
        _time(cell.seconds),
        _time(left),
    ]


def _time(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
