"""What a training tells those who watch it, and what they may ask of it."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from stnctl.config.schema import Config

_TIMES = ("seconds", "images_per_second")


def steps_per_epoch(config: Config, num_images: int) -> int:
    """Return the number of steps of an epoch of ``num_images``; the last may be a part of one."""
    return math.ceil(num_images / config.train.batch_size)


@dataclass(frozen=True)
class EpochMetrics:
    """One finished epoch.

    Attributes:
        epoch: Number of finished epochs.
        step: Number of finished steps of the whole training.
        loss: Mean training loss while the weights moved, with penalties.
        accuracy: Mean training accuracy while the weights moved, 0 to 1.
        validation_loss: Mean cross-entropy of the validation images, in nats.
        validation_accuracy: Accuracy on the validation images, 0 to 1.
        seconds: Time of the epoch's training steps.
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
        """Return the row of metrics.jsonl: all that is the same whenever the run is repeated."""
        return {name: value for name, value in asdict(self).items() if name not in _TIMES}

    def times(self) -> dict[str, Any]:
        """Return the row of times.jsonl."""
        return {name: getattr(self, name) for name in ("epoch", "step", *_TIMES)}


class Callback(Protocol):
    """Watches a training, and may stop it."""

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Epoch ``epoch`` (from 1) goes on at ``step`` (from 0) of ``num_steps``."""

    def on_step(self, loss: float, accuracy: float) -> None:
        """A step ended; the numbers are means of the epoch so far."""

    def on_epoch_end(self, row: EpochMetrics, *, best: bool) -> None:
        """An epoch was validated and committed; ``best`` if none was better before."""

    def should_stop(self) -> bool:
        """Return whether to commit and stop after this step."""


class Interrupted(Exception):  # noqa: N818 - a wish, not an error
    """The observer asked to stop; the state is committed."""

    def __init__(self, step: int) -> None:
        """Keep the number of finished steps."""
        super().__init__(f"stopped after step {step}")
        self.step = step
