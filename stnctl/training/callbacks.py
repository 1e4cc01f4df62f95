"""Callbacks of the training loop, and the metrics of an epoch."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

_TIMES = ("seconds", "images_per_second")


@dataclass(frozen=True)
class EpochMetrics:
    """Metrics of a finished epoch.

    Attributes:
        epoch: Number of finished epochs.
        step: Number of finished steps of the whole training.
        loss: Mean training loss during the epoch, with penalties.
        accuracy: Mean training accuracy during the epoch, 0 to 1.
        validation_loss: Mean cross-entropy on the validation images, in nats.
        validation_accuracy: Accuracy on the validation images, 0 to 1.
        seconds: Duration of the epoch's training steps.
        images_per_second: Training images per second.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    images_per_second: float

    def numbers(self) -> dict[str, Any]:
        """Return the row of metrics.jsonl: all values that are reproducible, so without times."""
        return {name: value for name, value in asdict(self).items() if name not in _TIMES}

    def times(self) -> dict[str, Any]:
        """Return the row of times.jsonl."""
        return {name: getattr(self, name) for name in ("epoch", "step", *_TIMES)}


class Callback(Protocol):
    """Callback of a training: observes it, and may stop it."""

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Handle the start of an epoch, or its continuation after a resume.

        Args:
            epoch: The epoch, from 1.
            step: The next step of the epoch, from 0.
            num_steps: Number of steps of the epoch.
        """

    def on_step(self, loss: float, accuracy: float) -> None:
        """Handle the end of a step; loss and accuracy are means over the epoch so far."""

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Handle the end of an epoch, which is validated and saved.

        Args:
            metrics: The metrics of the epoch.
            best: Whether it is the best epoch so far.
        """

    def should_stop(self) -> bool:
        """Return whether to save a checkpoint and stop after this step."""


class Interrupted(Exception):  # noqa: N818 - a request, not an error
    """Training stopped at the request of its callback; a checkpoint is saved."""

    def __init__(self, step: int) -> None:
        """Store the number of finished steps."""
        super().__init__(f"stopped after step {step}")
        self.step = step
