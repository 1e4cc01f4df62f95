"""Parts of a network that can be trained in different ways.

The name of a Keras layer decides its part. The layers of localization networks have names that
begin with one of `LOCALIZATION_NAMES`; all other layers belong to the classifier.
"""

from typing import Any

from stnctl.config.part_sections import ALWAYS, Freeze
from stnctl.config.stages import stages_of
from stnctl.config.train_section import TrainConfig
from stnctl.models.network import Network

LOCALIZATION_NAMES = ("localization", "theta")
"""Beginnings of the names of the layers of a localization network."""


def part_of(layer_name: str) -> str:
    """Return the part of a layer: "localization" or "classifier", as in a config."""
    return "localization" if layer_name.startswith(LOCALIZATION_NAMES) else "classifier"


def parts_of_trainable(model: Any) -> list[str]:
    """Return the part of each trainable variable of a Keras model, in their order."""
    parts = {id(each): part_of(layer.name) for layer in model.layers for each in layer.variables}
    return [parts[id(variable)] for variable in model.trainable_variables]


def num_trained(network: Network, train: TrainConfig) -> int:
    """Return the number of parameters of a network that are trained in some stage."""
    trained = {
        part
        for stage in stages_of(train)
        for part, period in stage.train.freeze
        if period != ALWAYS
    }
    return sum(node.trainable for node in network.nodes if part_of(node.name) in trained)


def freeze_layers(model: Any, freeze: Freeze) -> None:
    """Make the layers of a Keras model trainable, unless their part is always frozen."""
    for layer in model.layers:
        layer.trainable = getattr(freeze, part_of(layer.name)) != ALWAYS
