"""Small networks: quick to build, with every part of a large one."""

from stnctl.config.schema import (
    BottleneckConfig,
    ClassifierConfig,
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
    return build_model(model_config or config(), input_shape=(12, 14, 1), num_classes=4, seed=seed)
