"""How a training looks: a live view on a terminal, a line per epoch elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from stnctl.cli import console
from stnctl.cli.signals import StopRequest
from stnctl.training.callbacks import EpochMetrics

HEADER = ("epoch", "loss", "accuracy", "val. loss", "val. accuracy", "seconds", "images/s", "")
BESIDE_ROWS = 8
"""Lines of the live view that are not rows of the table, with room to spare."""


class QuietDisplay:
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

    def on_epoch_end(self, row: EpochMetrics, *, best: bool) -> None:
        """Log the epoch."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(self.line(row, best=best) + "\n")

    def should_stop(self) -> bool:
        """Return whether a signal came."""
        return self.stop.signal is not None

    def line(self, row: EpochMetrics, *, best: bool) -> str:
        """Return an epoch, and the time to come, as a line."""
        return (
            f"epoch {row.epoch}/{self.epochs}  loss {row.loss:.4f}  accuracy {row.accuracy:.4f}  "
            f"val. loss {row.validation_loss:.4f}  val. accuracy {row.validation_accuracy:.4f}  "
            f"{row.seconds:.1f} s  {row.images_per_second:.0f} images/s  "
            f"left {self.left(row)}{'  best' if best else ''}"
        )

    def left(self, row: EpochMetrics) -> timedelta:
        """Return the time of the epochs to come, if they take as long as this one."""
        return timedelta(seconds=round(row.seconds * (self.epochs - row.epoch)))


class LineDisplay(QuietDisplay):
    """Prints one plain line per epoch."""

    def on_epoch_end(self, row: EpochMetrics, *, best: bool) -> None:
        """Print the epoch."""
        super().on_epoch_end(row, best=best)
        console.note(self.line(row, best=best))


class LiveDisplay(QuietDisplay):
    """Shows bars for epochs and steps, and a table of the epochs."""

    def __init__(self, epochs: int, log: Path, stop: StopRequest, *, batch_size: int) -> None:
        """Start with an empty table."""
        super().__init__(epochs, log, stop)
        self.batch_size = batch_size
        self.rows: list[list[str]] = []
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            console=console.err(),
        )
        self.all_epochs = self.bars.add_task("epochs", total=epochs, state="")
        self.steps = self.bars.add_task("steps", total=None, state="")
        self.first_step, self.clock = 0, time.monotonic()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the view inside the block, and leave the whole table on the screen."""
        with Live(
            get_renderable=self.view, console=console.err(), refresh_per_second=8, transient=True
        ):
            yield
        if self.rows:
            console.err().print(console.table(HEADER, self.rows), soft_wrap=False)

    def view(self) -> Group:
        """Return the bars, and as many of the last epochs as the screen holds beside them."""
        room = max(console.err().height - BESIDE_ROWS, 1)
        return Group(self.bars, console.table(HEADER, self.rows[-room:]))

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Start the bar of the steps anew."""
        self.first_step, self.clock = step, time.monotonic()
        self.bars.update(self.all_epochs, completed=epoch - 1)
        self.bars.reset(self.steps, total=num_steps, completed=step, state="")

    def on_step(self, loss: float, accuracy: float) -> None:
        """Move the bar, with speed, means, and the time that the epoch still takes."""
        task = self.bars.tasks[self.steps]
        done = task.completed + 1 - self.first_step
        seconds = (time.monotonic() - self.clock) / done
        left = timedelta(seconds=round(seconds * ((task.total or 0) - task.completed - 1)))
        speed = self.batch_size / max(seconds, 1e-9)
        state = f"{speed:.0f} images/s  loss {loss:.4f}  accuracy {accuracy:.4f}  left {left}"
        self.bars.update(self.steps, advance=1, state=state)

    def on_epoch_end(self, row: EpochMetrics, *, best: bool) -> None:
        """Add the epoch to the table."""
        super().on_epoch_end(row, best=best)
        state = f"left {self.left(row)}"
        self.bars.update(self.all_epochs, completed=row.epoch, state=state)
        numbers = (row.loss, row.accuracy, row.validation_loss, row.validation_accuracy)
        self.rows.append(
            [
                str(row.epoch),
                *(f"{number:.4f}" for number in numbers),
                f"{row.seconds:.1f}",
                f"{row.images_per_second:.0f}",
                "best" if best else "",
            ]
        )
