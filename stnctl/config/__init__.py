"""Configurations: a frozen schema with all defaults, read from strict YAML."""

from stnctl.config.changes import changed_keys
from stnctl.config.distortion import Distortion, Step
from stnctl.config.dump import dump_config
from stnctl.config.json_schema import config_json_schema
from stnctl.config.load import load_config, load_resolved, parse_config
from stnctl.config.schema import (
    ArrayKeys,
    BottleneckConfig,
    ClassifierConfig,
    Config,
    DataConfig,
    LimitsConfig,
    LocalizationConfig,
    ModelConfig,
    TrainConfig,
    TransformerConfig,
)

__all__ = [
    "ArrayKeys",
    "BottleneckConfig",
    "ClassifierConfig",
    "Config",
    "DataConfig",
    "Distortion",
    "LimitsConfig",
    "LocalizationConfig",
    "ModelConfig",
    "Step",
    "TrainConfig",
    "TransformerConfig",
    "changed_keys",
    "config_json_schema",
    "dump_config",
    "load_config",
    "load_resolved",
    "parse_config",
]
