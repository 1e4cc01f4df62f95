"""How a training looks: a live view on a terminal, a line per epoch elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from stnctl.cli import console
from stnctl.cli.signals import StopRequest
from stnctl.training.progress import EpochRow

HEADER = ("epoch", "loss", "accuracy", "val. loss", "val. accuracy", "seconds", "images/s", "")


class QuietObserver:
    """Writes a line per epoch to the run's log; stops on a signal."""

    def __init__(self, epochs: int, log: Path, stop: StopRequest) -> None:
        """Keep the number of the last epoch, the log, and the request to stop."""
        self.epochs = epochs
        self.log = log
        self.stop = stop

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Ignore it."""

    def on_step(self, loss: float, accuracy: float) -> None:
        """Ignore it."""

    def on_epoch_end(self, row: EpochRow, *, best: bool) -> None:
        """Log the epoch."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(self.line(row, best=best) + "\n")

    def should_stop(self) -> bool:
        """Return whether a signal came."""
        return self.stop.signal is not None

    def line(self, row: EpochRow, *, best: bool) -> str:
        """Return an epoch, and the time to come, as a line."""
        left = timedelta(seconds=round(row.seconds * (self.epochs - row.epoch)))
        return (
            f"epoch {row.epoch}/{self.epochs}  loss {row.loss:.4f}  accuracy {row.accuracy:.4f}  "
            f"val. loss {row.validation_loss:.4f}  val. accuracy {row.validation_accuracy:.4f}  "
            f"{row.seconds:.1f} s  {row.images_per_second:.0f} images/s  "
            f"left {left}{'  best' if best else ''}"
        )


class LineObserver(QuietObserver):
    """Prints one plain line per epoch."""

    def on_epoch_end(self, row: EpochRow, *, best: bool) -> None:
        """Print the epoch."""
        super().on_epoch_end(row, best=best)
        console.note(self.line(row, best=best))


class LiveObserver(QuietObserver):
    """Shows a table of the epochs and bars for epochs and steps."""

    def __init__(self, epochs: int, log: Path, stop: StopRequest, *, batch_size: int) -> None:
        """Start with an empty table."""
        super().__init__(epochs, log, stop)
        self.batch_size = batch_size
        self.table = console.table("", HEADER, [])
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(),
            console=console.err(),
        )
        self.all_epochs = self.bars.add_task("epochs", total=epochs, state="")
        self.steps = self.bars.add_task("steps", total=None, state="")
        self.first_step, self.clock = 0, time.monotonic()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the view inside the block, and leave the table on the screen."""
        with Live(
            Group(self.table, self.bars), console=console.err(), refresh_per_second=8
        ) as live:
            yield
            live.update(self._final())

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Start the bar of the steps anew."""
        self.first_step, self.clock = step, time.monotonic()
        self.bars.update(self.all_epochs, completed=epoch - 1)
        self.bars.reset(self.steps, total=num_steps, completed=step, state="")

    def on_step(self, loss: float, accuracy: float) -> None:
        """Move the bar, with speed and means."""
        done = self.bars.tasks[self.steps].completed + 1 - self.first_step
        speed = done * self.batch_size / max(time.monotonic() - self.clock, 1e-9)
        state = f"{speed:.0f} images/s  loss {loss:.4f}  accuracy {accuracy:.4f}"
        self.bars.update(self.steps, advance=1, state=state)

    def on_epoch_end(self, row: EpochRow, *, best: bool) -> None:
        """Add the epoch to the table."""
        super().on_epoch_end(row, best=best)
        self.bars.update(self.all_epochs, completed=row.epoch)
        numbers = (row.loss, row.accuracy, row.validation_loss, row.validation_accuracy)
        self.table.add_row(
            str(row.epoch),
            *(f"{number:.4f}" for number in numbers),
            f"{row.seconds:.1f}",
            f"{row.images_per_second:.0f}",
            "best" if best else "",
        )

    def _final(self) -> Table | str:
        return self.table if self.table.row_count else ""
