"""Callbacks of the training loop, and the metrics of an epoch."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

_TIMES = ("seconds", "images_per_second")


@dataclass(frozen=True)
class EpochMetrics:
    """Metrics of a finished epoch.

    Attributes:
        epoch: The epoch, from 1.
        step: Number of finished steps of the whole training.
        loss: Mean training loss during the epoch, including regularization penalties.
        accuracy: Mean training accuracy during the epoch, 0 to 1.
        validation_loss: Mean cross-entropy on the validation images, in nats.
        validation_accuracy: Accuracy on the validation images, 0 to 1.
        seconds: Duration of the training steps of the epoch, in seconds.
        images_per_second: Number of training images per second.
        transformers: Name of a transformer -> its statistics on some validation images, as in
            `stnctl.evaluation.transformer_statistics`.
        collapses: Sentences about the transformers that have collapsed.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    images_per_second: float
    transformers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    collapses: tuple[str, ...] = ()

    def numbers(self) -> dict[str, Any]:
        """Return the row of metrics.jsonl: all metrics but the times, which vary.

        Empty ones are left out.
        """
        rows = asdict(self).items()
        return {name: value for name, value in rows if name not in _TIMES and value not in ({}, ())}

    def times(self) -> dict[str, Any]:
        """Return the row of times.jsonl: the epoch, the step and the times."""
        return {name: getattr(self, name) for name in ("epoch", "step", *_TIMES)}


class Callback(Protocol):
    """Callback that receives the progress of a training, and can stop the training."""

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Handle the start of an epoch, or its continuation after a resume.

        Args:
            epoch: The epoch, from 1.
            step: Number of finished steps of the epoch, above 0 only after a resume.
            num_steps: Number of steps of the epoch.
        """

    def on_step(self, loss: float, accuracy: float) -> None:
        """Handle the end of a training step.

        Args:
            loss: Mean training loss over the epoch so far.
            accuracy: Mean training accuracy over the epoch so far, 0 to 1.
        """

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Handle the end of an epoch, after its validation and its checkpoint.

        Args:
            metrics: The metrics of the epoch.
            best: Whether the epoch is the best one so far.
        """

    def should_stop(self) -> bool:
        """Return whether the training must save a checkpoint and stop after the current step."""


class StopOnly:
    """Callback that only stops the training."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        """Store the function that returns whether the training must stop."""
        self._should_stop = should_stop

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Do nothing."""

    def on_step(self, loss: float, accuracy: float) -> None:
        """Do nothing."""

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Do nothing."""

    def should_stop(self) -> bool:
        """Return whether the training must stop after the current step."""
        return self._should_stop()


class PassOn:
    """Callback that passes each call on to another callback. Subclasses add to some of them."""

    def __init__(self, callback: Callback) -> None:
        """Store the other callback."""
        self.callback = callback

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Pass the call on."""
        self.callback.on_epoch_start(epoch, step, num_steps)

    def on_step(self, loss: float, accuracy: float) -> None:
        """Pass the call on."""
        self.callback.on_step(loss, accuracy)

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Pass the call on."""
        self.callback.on_epoch_end(metrics, best=best)

    def should_stop(self) -> bool:
        """Pass the call on."""
        return self.callback.should_stop()


class Interrupted(Exception):  # noqa: N818 - a request, not an error
    """Stop of a training that its callback requested. A checkpoint is saved.

    Attributes:
        step: Number of finished steps of the whole training.
    """

    def __init__(self, step: int) -> None:
        """Store the number of finished steps of the whole training."""
        super().__init__(f"stopped after step {step}")
        self.step = step
