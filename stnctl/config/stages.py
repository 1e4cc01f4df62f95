"""Stages of a training: the config of each one, with the keys that it replaces."""

from collections.abc import Iterator
from dataclasses import dataclass

from stnctl.config.distortion_sets import Distortion
from stnctl.config.schema import Config
from stnctl.config.train_section import TrainConfig


@dataclass(frozen=True)
class Stage:
    """Stage of a training. The last one is the main training.

    Attributes:
        index: Index of the stage, from 0.
        first_epoch: Its first epoch, from 0.
        train: The section `train` in the stage: `epochs` is the number of its own epochs, and
            `stages` is empty.
        distortion: Distortion of the training images; None for `data.distortion`.
    """

    index: int
    first_epoch: int
    train: TrainConfig
    distortion: Distortion | None

    def config(self, config: Config) -> Config:
        """Return the config of a run in the stage."""
        data = config.data
        if self.distortion is not None:
            data = data.model_copy(update={"distortion": self.distortion})
        return config.model_copy(update={"train": self.train, "data": data})


def stages_of(train: TrainConfig) -> tuple[Stage, ...]:
    """Return the stages of a training, the main training last."""
    return tuple(_stages(train))


def stage_of_epoch(train: TrainConfig, epoch: int) -> Stage:
    """Return the stage of an epoch, from 0; after the last epoch, that of the last one."""
    return [stage for stage in stages_of(train) if stage.first_epoch <= epoch][-1]


def _stages(train: TrainConfig) -> Iterator[Stage]:
    first = 0
    for index, section in enumerate(train.stages):
        keys = {name: getattr(section, name) for name in type(section).model_fields}
        distortion = keys.pop("distortion")
        changes = {name: value for name, value in keys.items() if value is not None}
        changed = train.model_copy(update={"stages": (), **changes})
        yield Stage(index, first, changed, distortion)
        first += section.epochs
    main = train.model_copy(update={"stages": (), "epochs": train.epochs - first})
    yield Stage(len(train.stages), first, main, None)
