"""Config of a small network, with the sizes of its input."""

from stnctl.config.load import parse_config

SHAPE, NUM_CLASSES = (20, 22, 2), 7
SMALL = (
    "model.classifier.filters=[3, 4]",
    "model.classifier.units=5",
    "model.transformer={localization: {filters: [4, 3], kernel_size: 2}}",
)
TRANSFORMER = "model.transformer"
LOCALIZATION = "model.transformer.localization"


def config_of(*overrides):
    return parse_config("", where="x", overrides=(*SMALL, *overrides))
