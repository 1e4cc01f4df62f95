"""Where a training stands: what a checkpoint holds beside the arrays."""

from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class Best:
    """The best epoch so far.

    Attributes:
        epoch: Its number, from 1.
        step: Number of finished steps at its end.
        loss: Validation loss.
        accuracy: Validation accuracy.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float

    def beats(self, other: Self | None) -> bool:
        """Return whether it is more accurate, or as accurate at a lower loss."""
        return other is None or (self.accuracy, -self.loss) > (other.accuracy, -other.loss)


@dataclass(frozen=True)
class Position:
    """Where a training stands.

    Attributes:
        epoch: Number of finished epochs.
        epoch_step: Number of finished steps of the epoch after these.
        step: Number of finished steps in all.
        seconds: Time of these steps of the unfinished epoch.
        num_images: Number of their images.
        loss_sum: Sum of the images' losses, with penalties.
        num_right: Number of images predicted right.
        best: The best epoch so far, or None.
    """

    epoch: int = 0
    epoch_step: int = 0
    step: int = 0
    seconds: float = 0.0
    num_images: int = 0
    loss_sum: float = 0.0
    num_right: int = 0
    best: Best | None = None

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the position that `dataclasses.asdict` gave."""
        best = values["best"]
        return cls(**{**values, "best": Best(**best) if best else None})

    @property
    def loss(self) -> float:
        """Mean loss of the unfinished epoch."""
        return self.loss_sum / max(self.num_images, 1)

    @property
    def accuracy(self) -> float:
        """Share of images predicted right in the unfinished epoch."""
        return self.num_right / max(self.num_images, 1)

    def after_step(self, num_images: int, loss: float, accuracy: float, seconds: float) -> Self:
        """Return the position one step later, given the step's mean loss and accuracy."""
        return replace(
            self,
            epoch_step=self.epoch_step + 1,
            step=self.step + 1,
            seconds=self.seconds + seconds,
            num_images=self.num_images + num_images,
            loss_sum=self.loss_sum + num_images * loss,
            num_right=self.num_right + round(num_images * accuracy),
        )

    def after_epoch(self, best: Best) -> Self:
        """Return the position at the start of the next epoch."""
        return type(self)(epoch=self.epoch + 1, step=self.step, best=best)
