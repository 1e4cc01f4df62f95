"""Log of a training: one line for each epoch in the log of the run."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from stnctl.training.callbacks import EpochMetrics, StopOnly


class EpochLog(StopOnly):
    """Callback that writes a line for each epoch to the log of a run."""

    def __init__(self, epochs: int, log: Path, should_stop: Callable[[], bool]) -> None:
        """Store the arguments.

        Args:
            epochs: Number of epochs of the training.
            log: The log of the run.
            should_stop: Returns whether the training must stop after the current step.
        """
        super().__init__(should_stop)
        self.epochs = epochs
        self.log = log

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Write the metrics of the epoch to the log."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(epoch_line(metrics, self.epochs, best=best) + "\n")


def epoch_line(metrics: EpochMetrics, epochs: int, *, best: bool) -> str:
    """Return a line of text with the metrics of an epoch and the remaining time.

    Args:
        metrics: The metrics.
        epochs: Number of epochs of the training.
        best: Whether the epoch is the best one so far.
    """
    return (
        f"epoch {metrics.epoch}/{epochs}  loss {metrics.loss:.4f}  "
        f"accuracy {metrics.accuracy:.4f}  val. loss {metrics.validation_loss:.4f}  "
        f"val. accuracy {metrics.validation_accuracy:.4f}  {metrics.seconds:.1f} s  "
        f"{metrics.images_per_second:.0f} images/s  "
        f"left {remaining_time(metrics, epochs)}{'  best' if best else ''}"
    )


def remaining_time(metrics: EpochMetrics, epochs: int) -> timedelta:
    """Return the remaining time of a training, estimated from the duration of this epoch."""
    return timedelta(seconds=round(metrics.seconds * (epochs - metrics.epoch)))
