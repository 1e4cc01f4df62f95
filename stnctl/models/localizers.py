"""Localization networks: a map -> features for the head. Keras is not loaded."""

from collections.abc import Callable
from typing import Any

from stnctl.config.layer_lists import Layer
from stnctl.config.layer_sections import ActivationLayer, Conv, Dense, Flatten, Pool
from stnctl.config.localizer_sections import (
    CompactLocalizer,
    LocalizationConfig,
    LocalizerSection,
    NaiveLocalizer,
    PaperCnnLocalizer,
    PaperFcnLocalizer,
)

Layers = tuple[Layer, ...]

_ARTICLE_NAMES = {"flatten1": "flatten", "dense1": "bottleneck"}
NAMES: dict[type[LocalizerSection], dict[str, str]] = {
    LocalizationConfig: _ARTICLE_NAMES,
    NaiveLocalizer: _ARTICLE_NAMES,
}
"""Names of layers in version 0.1.0, which are in its checkpoints."""


def pooled_convolutions(filters: tuple[int, ...], kernel_size: int, activation: str) -> Layers:
    """Return convolutions without padding, each with a 2x2 max-pool and an activation.

    The pool comes before the activation. A maximum commutes with an increasing function, so the
    result is the same, and the activation is computed for only a quarter of the values.
    """
    layers: list[Layer] = []
    for count in filters:
        layers.append(Conv(filters=count, kernel_size=kernel_size, activation="linear"))
        layers += [Pool(), ActivationLayer(activation=activation)]
    return tuple(layers)


def localizer_layers(section: LocalizerSection) -> Layers:
    """Return the layers of a named localization network, without its head.

    Args:
        section: The section of any network but `polar`, which is no list of layers.
    """
    pool: Layers = () if section.pool == 1 else (Pool(kind="average", size=section.pool),)
    return pool + _LAYERS[type(section)](section)


def _article(section: LocalizationConfig) -> Layers:
    layers = pooled_convolutions(section.filters, section.kernel_size, section.activation)
    if (narrow := section.bottleneck) is None:
        return (*layers, Flatten())
    dense = Dense(units=narrow.units, activation=narrow.activation, activity_l2=narrow.activity_l2)
    return (*layers, Flatten(), dense)


def _paper_fcn(section: PaperFcnLocalizer) -> Layers:
    dense = (Dense(units=units, activation=section.activation) for units in section.units)
    return (Flatten(), *dense)


def _paper_cnn(section: PaperCnnLocalizer) -> Layers:
    pooled = pooled_convolutions(section.filters, section.kernel_size, section.activation)
    last = -2 if section.filters else None  # the last convolution has no pool
    convolutions = pooled if last is None else (*pooled[:last], pooled[-1])
    return (*convolutions, Flatten(), Dense(units=section.units, activation=section.activation))


def _compact(section: CompactLocalizer) -> Layers:
    layers: list[Layer] = []
    for count in section.filters:
        layers.append(Conv(filters=count, padding="same", batch_norm=True, bias=False))
        layers.append(Pool())
    return (*layers, Flatten(), Dense(units=section.units))


_LAYERS: dict[type[LocalizerSection], Callable[[Any], Layers]] = {
    LocalizationConfig: _article,
    NaiveLocalizer: _article,
    PaperFcnLocalizer: _paper_fcn,
    PaperCnnLocalizer: _paper_cnn,
    CompactLocalizer: _compact,
}
