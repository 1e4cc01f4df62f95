"""Values of the key `train.schedule`: learning-rate schedules, each with its keys and defaults."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stnctl.config.choices import MAX_EPOCHS
from stnctl.config.section import Section
from stnctl.config.unions import TaggedUnion

Warmup = Annotated[float, Field(ge=0, le=MAX_EPOCHS)]


class ScheduleSection(Section):
    """Base class of the section of a schedule.

    Attributes:
        depends_on_epochs: Whether the learning rates depend on the number of epochs.
    """

    depends_on_epochs: ClassVar[bool] = False


class Constant(ScheduleSection):
    """Constant learning rate."""

    schedule: Literal["constant"] = "constant"
    """Name of the schedule."""

    warmup: Warmup = 0.0
    """Length of the warm-up in epochs, such as 0.5: the rate first rises linearly, from 1/25 of the
    learning rate to the learning rate."""


class Step(ScheduleSection):
    """Learning rate that falls by a factor at regular intervals."""

    schedule: Literal["step"] = "step"
    """Name of the schedule."""

    warmup: Warmup = 0.0
    """Length of the warm-up in epochs, as of `constant`."""

    every: Annotated[float, Field(gt=0, le=MAX_EPOCHS)] = 5.0
    """Length of the interval in epochs. The first one begins with the training."""

    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Ratio of the rates of successive intervals."""


class Cosine(ScheduleSection):
    """Learning rate that falls along half a cosine to zero at the end of the last epoch."""

    depends_on_epochs: ClassVar[bool] = True

    schedule: Literal["cosine"] = "cosine"
    """Name of the schedule."""

    warmup: Warmup = 0.0
    """Length of the warm-up in epochs, as of `constant`. The half cosine begins after it."""


class OneCycle(ScheduleSection):
    """Learning rate that rises, and then falls along half a cosine to zero.

    It rises linearly in the first 30 % of all steps, from 1/25 of the learning rate.
    """

    depends_on_epochs: ClassVar[bool] = True

    schedule: Literal["onecycle"] = "onecycle"
    """Name of the schedule."""


SCHEDULES: dict[str, type[Section]] = {
    "constant": Constant,
    "step": Step,
    "cosine": Cosine,
    "onecycle": OneCycle,
}
Schedule = Annotated[
    Constant | Step | Cosine | OneCycle, TaggedUnion("schedule", SCHEDULES, default="constant")
]
"""A schedule, by its name or as a section with changed values."""
