"""Named classifiers as lists of layers, without the layer of the logits. Keras is not loaded."""

from collections.abc import Callable
from typing import Any

from stnctl.config.classifier_sections import (
    ClassifierConfig,
    ClassifierSection,
    CompactClassifier,
    PaperCnnClassifier,
    PaperFcnClassifier,
    SpeedrunClassifier,
)
from stnctl.config.layer_sections import (
    MAX_WIDTH,
    ActivationLayer,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Pool,
)
from stnctl.models.localizers import Layers, pooled_convolutions

_POOLED_STAGES = (0, 2)
"""Indices of the convolutions of `compact` that a pool follows."""


NAMES: dict[type[ClassifierSection], dict[str, str]] = {
    ClassifierConfig: {"flatten1": "flatten", "dense1": "dense", "dropout1": "dropout"},
}
"""Names of layers in version 0.1.0, which are in its checkpoints."""


def classifier_layers(section: ClassifierSection) -> Layers:
    """Return the layers of a named classifier, with the widths of its section."""
    return _LAYERS[type(section)](section)


def scaled(section: ClassifierSection, factor: float) -> ClassifierSection:
    """Return a section with all widths multiplied by a factor, rounded, from 1 to `MAX_WIDTH`."""

    def scale(width: int) -> int:
        return min(max(1, round(factor * width)), MAX_WIDTH)

    changes: dict[str, Any] = {}
    for key in section.widths:
        value = getattr(section, key)
        changes[key] = tuple(map(scale, value)) if isinstance(value, tuple) else scale(value)
    return section.model_copy(update={**changes, "parameters": None})


def _article(section: ClassifierConfig) -> Layers:
    layers = pooled_convolutions(section.filters, section.kernel_size, section.activation)
    dense = Dense(units=section.units, activation=section.units_activation)
    dropout = (Dropout(rate=section.dropout),) if section.dropout else ()
    return (*layers, Flatten(), dense, *dropout)


def _paper_fcn(section: PaperFcnClassifier) -> Layers:
    dense = (Dense(units=units, activation=section.activation) for units in section.units)
    return (Flatten(), *dense)


def _paper_cnn(section: PaperCnnClassifier) -> Layers:
    first, second = section.filters
    pooled = (Pool(), ActivationLayer(activation=section.activation))
    return (
        Conv(filters=first, kernel_size=9, activation="linear"),
        *pooled,
        Conv(filters=second, kernel_size=7, activation="linear"),
        *pooled,
        Flatten(),
    )


def _speedrun(section: SpeedrunClassifier) -> Layers:
    first, second = section.filters
    pooled = (Pool(), ActivationLayer(activation="relu"))
    return (
        Conv(filters=first, kernel_size=5, activation="linear"),
        *pooled,
        Conv(filters=second, kernel_size=3, activation="linear"),
        *pooled,
        Flatten(),
        Dense(units=section.units),
    )


def _compact(section: CompactClassifier) -> Layers:
    layers: Layers = ()
    for index, count in enumerate(section.filters):
        layers += (Conv(filters=count, padding="same", batch_norm=True, bias=False),)
        if index in _POOLED_STAGES:
            layers += (Pool(),)
    return (*layers, Pool(kind="global"))


_LAYERS: dict[type[ClassifierSection], Callable[[Any], Layers]] = {
    ClassifierConfig: _article,
    PaperFcnClassifier: _paper_fcn,
    PaperCnnClassifier: _paper_cnn,
    SpeedrunClassifier: _speedrun,
    CompactClassifier: _compact,
}
