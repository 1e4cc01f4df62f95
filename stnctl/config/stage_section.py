"""Section of a stage of a training: keys that replace those of the main training for a time."""

from typing import Annotated

from pydantic import Field

from stnctl.config.choices import MAX_EPOCHS
from stnctl.config.distortion_sets import Distortion
from stnctl.config.part_sections import Freeze, LearningRateOf
from stnctl.config.penalties_section import Penalties
from stnctl.config.schedules import Schedule
from stnctl.config.section import Section


class StageConfig(Section):
    """Stage before the main training."""

    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS)]
    """Number of passes over the training set."""

    distortion: Distortion | None = None
    """Distortion of the training images in place of `data.distortion`; null for the same. The
    validation images keep `data.distortion`. The size of the images must be the same."""

    freeze: Freeze | None = None
    """Parts whose weights stay as they are, in place of `train.freeze`; null for the same."""

    penalties: Penalties | None = None
    """Penalties in place of `train.penalties`; null for the same, `{}` for none."""

    learning_rate: Annotated[float, Field(gt=0)] | None = None
    """Learning rate in place of `train.learning_rate`; null for the same."""

    learning_rate_of: LearningRateOf | None = None
    """Factors in place of `train.learning_rate_of`; null for the same."""

    schedule: Schedule | None = None
    """Schedule in place of `train.schedule`; null for the same. It spans the epochs of the
    stage."""
