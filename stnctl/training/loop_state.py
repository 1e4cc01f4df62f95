"""State of the training loop: progress, running means, and the best epoch."""

import json
import math
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from stnctl.config.train_section import TrainConfig
from stnctl.errors import InputError

Values = TypeVar("Values")
Count = Annotated[int, Field(ge=0, le=2**53)]
Finite = Annotated[float, Field(ge=-1e300, le=1e300)]


@dataclass(frozen=True)
class BestEpoch:
    """Best epoch so far.

    Attributes:
        epoch: The epoch, from 1.
        step: Number of finished steps of the training at the end of the epoch.
        loss: Mean cross-entropy on the validation images, in nats.
        accuracy: Accuracy on the validation images, 0 to 1.
    """

    epoch: Count
    step: Count
    loss: Finite
    accuracy: Finite

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """Return the best epoch of ``values``, an untrusted dict of its attributes.

        Raises:
            InputError: If a key is missing or unknown, or a value has another type or is not
                finite.
        """
        return _validated(cls, values, "the best epoch")

    def beats(self, other: Self | None) -> bool:
        """Return whether this epoch is better than ``other``; True if ``other`` is None.

        The better epoch has the higher accuracy, or the same accuracy and a lower loss.
        """
        return other is None or (self.accuracy, -self.loss) > (other.accuracy, -other.loss)


@dataclass(frozen=True)
class LoopState:
    """State of the training loop. Each checkpoint has it in its meta.json.

    Attributes:
        epoch: Number of finished epochs.
        epoch_step: Number of finished steps of the current epoch.
        step: Number of finished steps of the whole training.
        seconds: Duration of the finished steps of the current epoch, in seconds.
        num_images: Number of images in these steps.
        loss_sum: Sum of the losses of these images, including regularization penalties.
        num_right: Number of these images that were classified correctly.
        best: The best epoch so far, or None.
        collapsed: Whether a transformer has collapsed in the last finished epoch.
        restarts: Number of times that the training has started again after a collapse.
    """

    epoch: Count = 0
    epoch_step: Count = 0
    step: Count = 0
    seconds: Finite = 0.0
    num_images: Count = 0
    loss_sum: Finite = 0.0
    num_right: Count = 0
    best: BestEpoch | None = None
    collapsed: bool = False
    restarts: Count = 0

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """Return the loop state of ``values``, an untrusted dict of its attributes.

        Raises:
            InputError: If a key is unknown, or a value has another type or is not finite.
        """
        return _validated(cls, values, "the checkpoint's position")

    @property
    def num_started(self) -> int:
        """Number of epochs that are finished or started."""
        return self.epoch + (self.epoch_step > 0)

    @property
    def last_epoch(self) -> int:
        """The epoch of the last step, from 0; before the first step, the first epoch."""
        return max(self.num_started - 1, 0)

    @property
    def loss(self) -> float:
        """Mean training loss of the current epoch so far."""
        return self.loss_sum / max(self.num_images, 1)

    @property
    def accuracy(self) -> float:
        """Training accuracy of the current epoch so far, 0 to 1."""
        return self.num_right / max(self.num_images, 1)

    def is_over(self, train: TrainConfig) -> bool:
        """Return whether the training is complete in this state, which is between two epochs."""
        if self.collapsed and train.on_collapse != "warn":
            return False
        return self.epoch >= train.epochs or self.is_stopped_early(train)

    def is_stopped_early(self, train: TrainConfig) -> bool:
        """Return whether ``train.patience`` epochs have passed since the best epoch."""
        if train.patience is None or self.best is None:
            return False
        return self.epoch - self.best.epoch >= train.patience

    def after_step(self, num_images: int, loss: float, accuracy: float, seconds: float) -> Self:
        """Return the state after one more training step.

        Args:
            num_images: Number of images in the batch.
            loss: Mean loss of the batch, including regularization penalties.
            accuracy: Accuracy of the batch, 0 to 1.
            seconds: Duration of the step.
        """
        return replace(
            self,
            epoch_step=self.epoch_step + 1,
            step=self.step + 1,
            seconds=self.seconds + seconds,
            num_images=self.num_images + num_images,
            loss_sum=self.loss_sum + num_images * loss,
            num_right=self.num_right + round(num_images * accuracy),
        )

    def after_epoch(self, best: BestEpoch, *, collapsed: bool = False) -> Self:
        """Return the state at the start of the next epoch.

        Args:
            best: The best epoch so far.
            collapsed: Whether a transformer has collapsed.
        """
        return type(self)(
            epoch=self.epoch + 1,
            step=self.step,
            best=best,
            collapsed=collapsed,
            restarts=self.restarts,
        )


def steps_per_epoch(train: TrainConfig, num_images: int) -> int:
    """Return the number of steps of an epoch. The batch of the last step may be smaller."""
    return math.ceil(num_images / train.batch_size)


def _validated(kind: type[Values], values: Any, name: str) -> Values:
    try:
        return TypeAdapter(kind).validate_json(json.dumps(values), strict=True, extra="forbid")
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, (name, *problem["loc"])))
        raise InputError(f"{where} is not valid: {problem['msg']}") from error
