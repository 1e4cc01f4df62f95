"""Section `train` of a config: the optimizer, its schedule, and the checkpoints."""

from typing import Annotated

from pydantic import Field

from stnctl.config.choices import MAX_EPOCHS, OPTIMIZERS, SCHEDULES
from stnctl.config.section import Section, one_of

Interval = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,8} (steps|seconds)$",
        json_schema_extra={"patternErrorMessage": "such as `300 seconds` or `500 steps`"},
    ),
]


class TrainConfig(Section):
    """Training."""

    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS)] = 10
    """Number of passes over the training set."""

    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 32
    """Number of images per training step."""

    optimizer: Annotated[str, one_of(OPTIMIZERS)] = "adam"
    """Optimizer."""

    learning_rate: Annotated[float, Field(gt=0)] = 0.001
    """Learning rate."""

    schedule: Annotated[str, one_of(SCHEDULES)] = "constant"
    """Learning-rate schedule: `constant`, or `cosine`, which falls along half a cosine from the
    learning rate to zero at the end of the last epoch."""

    ema: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Momentum of an exponential moving average of the weights, updated in every step; null for no
    average. Validation, `eval` and `inspect` use the average. Training uses the weights
    themselves."""

    patience: Annotated[int, Field(ge=1, le=MAX_EPOCHS)] | None = None
    """Number of epochs without a better validation accuracy after which the training stops; null to
    train all epochs."""

    checkpoint_every: Interval | None = "300 seconds"
    """Interval of checkpoints within an epoch, such as `300 seconds` or `500 steps`; null for no
    checkpoints within an epoch. At the end of every epoch, a checkpoint is always saved."""

    threads: Annotated[int, Field(ge=1, le=256)] = 2
    """Number of CPU threads per operation. It is the same on every machine, because it changes the
    last bits of the results."""
