"""Schema of a config. The classes of the sections define all defaults."""

from typing import Annotated

from pydantic import Field

from stnctl.config.choices import (
    MAX_EPOCHS,
    OPTIMIZERS,
    RUN_NAME,
    RUN_NAME_RULE,
    SCHEDULES,
)
from stnctl.config.data_section import DataConfig, Seed
from stnctl.config.migrations import VERSION
from stnctl.config.model_section import ModelConfig
from stnctl.config.section import Section, one_of

Version = Annotated[int, Field(ge=VERSION, le=VERSION, json_schema_extra={"minimum": 1})]
Amount = Annotated[int, Field(ge=1, le=2**50)]
Interval = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,8} (steps|seconds)$",
        json_schema_extra={"patternErrorMessage": "such as `300 seconds` or `500 steps`"},
    ),
]
RunName = Annotated[
    str,
    Field(
        pattern=f"^{RUN_NAME}$",
        json_schema_extra={"patternErrorMessage": RUN_NAME_RULE},
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


class LimitsConfig(Section):
    """Limits of the size of the network and of the memory of its training."""

    max_parameters: Amount = 50_000_000
    """Maximum number of parameters of the network."""

    max_bytes: Amount = 8 * 2**30
    """Maximum estimated memory of a training in bytes. The estimate covers the weights with their
    gradients, optimizer values and checkpoints, the activations of a batch, and the distortion. It
    does not cover the libraries, up to 1 GB, and the data set."""


class Config(Section):
    """Config of an experiment."""

    schema_version: Version = VERSION
    """Version of the schema. Files of earlier versions are read too. A file without this key has
    version 1."""

    name: RunName | None = None
    """First part of the name of the run; null for the name of the config file."""

    seed: Seed = 0
    """Seed of the initial weights, of dropout, and of the order and the distortions of the training
    images."""

    data: DataConfig = DataConfig()
    """Data set and its distortion."""

    model: ModelConfig = ModelConfig()
    """Network."""

    train: TrainConfig = TrainConfig()
    """Training."""

    limits: LimitsConfig = LimitsConfig()
    """Limits of the size of the network and of the memory of its training."""
