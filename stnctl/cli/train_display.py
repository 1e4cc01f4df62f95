"""Displays of a training: a live view on a terminal, otherwise one line per epoch."""

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
"""Number of lines of the live view that are not rows of the table, with a margin."""


class QuietDisplay:
    """Callback that writes a line per epoch to the log of the run.

    It stops the training at a signal.
    """

    def __init__(self, epochs: int, log: Path, stop: StopRequest) -> None:
        """Store the number of epochs, the path of the log, and the stop request."""
        self.epochs = epochs
        self.log = log
        self.stop = stop

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Do nothing."""

    def on_step(self, loss: float, accuracy: float) -> None:
        """Do nothing."""

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Write the metrics of the epoch to the log."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(self.line(metrics, best=best) + "\n")

    def should_stop(self) -> bool:
        """Return whether a signal was received."""
        return self.stop.signal is not None

    def line(self, metrics: EpochMetrics, *, best: bool) -> str:
        """Return a line of text with the metrics of an epoch and the remaining time."""
        return (
            f"epoch {metrics.epoch}/{self.epochs}  loss {metrics.loss:.4f}  "
            f"accuracy {metrics.accuracy:.4f}  val. loss {metrics.validation_loss:.4f}  "
            f"val. accuracy {metrics.validation_accuracy:.4f}  {metrics.seconds:.1f} s  "
            f"{metrics.images_per_second:.0f} images/s  "
            f"left {self.left(metrics)}{'  best' if best else ''}"
        )

    def left(self, metrics: EpochMetrics) -> timedelta:
        """Return the remaining time of the training, estimated from the duration of this epoch."""
        return timedelta(seconds=round(metrics.seconds * (self.epochs - metrics.epoch)))


class LineDisplay(QuietDisplay):
    """Callback that also prints the line of each epoch to stderr."""

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Write the metrics of the epoch to the log, and print them."""
        super().on_epoch_end(metrics, best=best)
        console.note(self.line(metrics, best=best))


class LiveDisplay(QuietDisplay):
    """Callback that shows progress bars of epochs and steps, and a table of the epochs."""

    def __init__(self, epochs: int, log: Path, stop: StopRequest, *, batch_size: int) -> None:
        """Create the progress bars and an empty table."""
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
        """Show the live view in the ``with`` block, and print the whole table after it."""
        with Live(
            get_renderable=self.view,
            console=console.err(),
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,  # the backend replaces sys.stderr when it starts
        ):
            yield
        if self.rows:
            console.err().print(console.table(HEADER, self.rows), soft_wrap=False)

    def view(self) -> Group:
        """Return the progress bars, and a table of the last epochs that fits on the screen."""
        room = max(console.err().height - BESIDE_ROWS, 1)
        return Group(self.bars, console.table(HEADER, self.rows[-room:]))

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Reset the progress bar of the steps, and update that of the epochs."""
        self.first_step, self.clock = step, time.monotonic()
        self.bars.update(self.all_epochs, completed=epoch - 1)
        self.bars.reset(self.steps, total=num_steps, completed=step, state="")

    def on_step(self, loss: float, accuracy: float) -> None:
        """Advance the progress bar of the steps.

        Its text has the speed, the means and the remaining time of the epoch.
        """
        task = self.bars.tasks[self.steps]
        done = task.completed + 1 - self.first_step
        seconds = (time.monotonic() - self.clock) / done
        left = timedelta(seconds=round(seconds * ((task.total or 0) - task.completed - 1)))
        speed = self.batch_size / max(seconds, 1e-9)
        state = f"{speed:.0f} images/s  loss {loss:.4f}  accuracy {accuracy:.4f}  left {left}"
        self.bars.update(self.steps, advance=1, state=state)

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Write the metrics of the epoch to the log, and add them to the table."""
        super().on_epoch_end(metrics, best=best)
        state = f"left {self.left(metrics)}"
        self.bars.update(self.all_epochs, completed=metrics.epoch, state=state)
        numbers = (
            metrics.loss,
            metrics.accuracy,
            metrics.validation_loss,
            metrics.validation_accuracy,
        )
        self.rows.append(
            [
                str(metrics.epoch),
                *(f"{number:.4f}" for number in numbers),
                f"{metrics.seconds:.1f}",
                f"{metrics.images_per_second:.0f}",
                "best" if best else "",
            ]
        )
