"""Small networks: quick to build, with every part of a large one."""

from stnctl.config.schema import (
    BottleneckConfig,
    ClassifierConfig,
    Config,
    LocalizationConfig,
    ModelConfig,
    TransformerConfig,
)
from stnctl.models.build import build_model

CLASSIFIER = ClassifierConfig(filters=(3,), units=5, dropout=0.5)
RESIDUAL = LocalizationConfig(filters=(2, 3), bottleneck=BottleneckConfig(units=4))
SIGMOID = LocalizationConfig(filters=(2,), activation="relu", head="sigmoid")


def config(localization=RESIDUAL, **transformer):
    return ModelConfig(
        transformer=TransformerConfig(localization=localization, **transformer),
        classifier=CLASSIFIER,
    )


def small_model(model_config=None, seed=0):
    return build_model(Config(model=model_config or config(), seed=seed), (12, 14, 1), 4)
