"""Displays of a training: a live view on a terminal, otherwise one line per epoch."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from stnctl.cli import console
from stnctl.cli.tables import Rows, fitting, tables
from stnctl.config.train_section import TrainConfig
from stnctl.training.callbacks import EpochMetrics
from stnctl.training.epoch_log import EpochLog, remaining_time

HEADER = ("epoch", "loss", "accuracy", "val. loss", "val. accuracy", "seconds", "images/s", "")
IMPORTANCE = (0, 4, 7, 3, 1, 2, 5, 6)
"""Columns of the table; on a narrow terminal, the last ones are left out."""

BESIDE_ROWS = 9
"""Number of lines of the live view that are not rows of the table, with a margin."""

BESIDE_STATE = 23
"""Number of characters of a line of the live view that are not its text: the name and the bar."""


class LineDisplay(EpochLog):
    """Callback that also prints each line to stderr."""

    def write(self, line: str) -> None:
        """Write a line to the log, and print it."""
        super().write(line)
        console.note(line)


class LiveDisplay(EpochLog):
    """Callback that shows progress bars of epochs and steps, and a table of the epochs."""

    def __init__(self, train: TrainConfig, log: Path, should_stop: Callable[[], bool]) -> None:
        """Create the progress bars and an empty table."""
        super().__init__(train, log, should_stop)
        self.batch_size = train.batch_size
        self.rows: list[list[str]] = []
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            console=console.err(),
        )
        self.all_epochs = self.bars.add_task("epochs", total=train.epochs, state="")
        self.steps = self.bars.add_task("steps", total=None, state="")
        self.first_step, self.clock = 0, time.monotonic()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the live view in the ``with`` block, and print the whole table after it.

        The table is also printed if the block raises an error.
        """
        try:
            with Live(
                get_renderable=self.view,
                console=console.err(),
                refresh_per_second=8,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,  # the backend replaces sys.stderr when it starts
            ):
                yield
        finally:
            if self.rows:
                console.note_table(*self.table(self.rows))

    def view(self) -> Group:
        """Return the progress bars, and a table of the last epochs that fits on the screen."""
        room = max(console.err().height - BESIDE_ROWS, 1)
        return Group(self.bars, *tables(*self.table(self.rows[-room:]), console.err().width))

    def table(self, rows: Rows) -> tuple[list[str], list[list[str]]]:
        """Return the header and the cells of the table, with the columns that fit on the screen."""
        return fitting(HEADER, rows, IMPORTANCE, console.err().width)

    def on_collapse(self, sentence: str) -> None:
        """Write a sentence about a collapse to the log, and print it above the live view."""
        super().on_collapse(sentence)
        console.warning(sentence)

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Reset the progress bar of the steps, and update that of the epochs."""
        super().on_epoch_start(epoch, step, num_steps)
        self.first_step, self.clock = step, time.monotonic()
        self.bars.update(self.all_epochs, completed=epoch - 1)
        self.bars.reset(self.steps, total=num_steps, completed=step, state="")

    def on_step(self, loss: float, accuracy: float) -> None:
        """Advance the progress bar of the steps.

        Its text has the remaining time of the epoch, the means and the speed.
        """
        task = self.bars.tasks[self.steps]
        done = task.completed + 1 - self.first_step
        seconds = (time.monotonic() - self.clock) / done
        left = timedelta(seconds=round(seconds * ((task.total or 0) - task.completed - 1)))
        speed = self.batch_size / max(seconds, 1e-9)
        means = f"loss {loss:.4f}", f"accuracy {accuracy:.4f}"
        state = _fitting(f"left {left}", *means, f"{speed:.0f} images/s")
        self.bars.update(self.steps, advance=1, state=state)

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Write the metrics of the epoch to the log, and add them to the table."""
        super().on_epoch_end(metrics, best=best)
        state = _fitting(f"left {remaining_time(metrics, self.epochs)}")
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


def _fitting(*parts: str) -> str:
    """Return the first parts of a text, as many as fit beside a progress bar."""
    texts = ("  ".join(parts[:count]) for count in range(len(parts), 0, -1))
    room = console.err().width - BESIDE_STATE
    return next((text for text in texts if len(text) <= room), "")
