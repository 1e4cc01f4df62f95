"""Classifier of the article: convolutions, a dense layer, logits."""

import random
from typing import Any

from keras import layers

from stnctl.config.schema import ClassifierConfig
from stnctl.models.blocks import pooled_convolutions


def classify(input_map: Any, config: ClassifierConfig, num_classes: int) -> Any:
    """Apply a new classifier to a map (B, H, W, C), and return logits (B, num_classes).

    Args:
        input_map: Keras tensor (B, H, W, C): V, or U without a transformer.
        config: The configuration of the classifier.
        num_classes: Number of logits.
    """
    features = pooled_convolutions(
        input_map,
        filters=config.filters,
        kernel_size=config.kernel_size,
        activation=config.activation,
        name="classifier",
    )
    features = layers.Dense(
        config.units, activation=config.units_activation, name="classifier_dense"
    )(features)
    if config.dropout:
        features = layers.Dropout(config.dropout, seed=_draw_seed(), name="classifier_dropout")(
            features
        )
    return layers.Dense(num_classes, name="logits")(features)


def _draw_seed() -> int:
    """Return the seed of a layer, drawn like Keras' default seed, from Python's generator.

    With an explicit seed, dropout uses the state of its layer on PyTorch also; without one, Keras
    would use the global generator of PyTorch there, which no checkpoint contains.
    """
    return random.randint(1, 10**9)  # noqa: S311 - no secret
