"""Schema of a config. The classes of the sections define all defaults."""

from typing import Annotated

from pydantic import Field

from stnctl.config.choices import RUN_NAME, RUN_NAME_RULE
from stnctl.config.data_section import DataConfig, Seed
from stnctl.config.migrations import VERSION
from stnctl.config.model_section import ModelConfig
from stnctl.config.section import Section
from stnctl.config.train_section import TrainConfig

Version = Annotated[int, Field(ge=VERSION, le=VERSION, json_schema_extra={"minimum": 1})]
Amount = Annotated[int, Field(ge=1, le=2**50)]
RunName = Annotated[
    str,
    Field(
        pattern=f"^{RUN_NAME}$",
        json_schema_extra={"patternErrorMessage": RUN_NAME_RULE},
    ),
]


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
