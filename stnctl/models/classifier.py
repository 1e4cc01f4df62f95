"""Classifier of the article: convolutions, a dense layer, logits."""

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
        features = layers.Dropout(config.dropout, name="classifier_dropout")(features)
    return layers.Dense(num_classes, name="logits")(features)
