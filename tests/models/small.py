"""Small networks, which build fast and have all parts of a large one."""

from stnctl.config.schema import (
    BottleneckConfig,
    ClassifierConfig,
    Config,
    LocalizationConfig,
    ModelConfig,
    TransformerConfig,
)
from stnctl.geometry import TRANSFORMS
from stnctl.models.build import build_model

CLASSIFIER = ClassifierConfig(filters=(3,), units=5, dropout=0.5)
RESIDUAL = LocalizationConfig(filters=(2, 3), bottleneck=BottleneckConfig(units=4))
BOUNDED = LocalizationConfig(filters=(2,), head="bounded")
SIGMOID = LocalizationConfig(filters=(2,), activation="relu", head="sigmoid")

FAMILIES = [
    *({"transform": name} for name in TRANSFORMS if name != "flow"),
    {"transform": "affine", "constraints": ((None, 0.0, None), (0.0, None, 0.25))},
    {"transform": "thin_plate_spline", "control_points": (2, 3)},
]
"""Keys of a transformer's configuration: all families, and families with options."""


def name_of(family):
    """Return a family as the id of a test."""
    return "-".join(map(str, family.values()))


def config(localization=RESIDUAL, **transformer):
    return ModelConfig(
        transformer=TransformerConfig(localization=localization, **transformer),
        classifier=CLASSIFIER,
    )


def small_model(model_config=None, seed=0):
    return build_model(Config(model=model_config or config(), seed=seed), (12, 14, 1), 4)
