"""Optimizer and loss of a model."""

from typing import Any

import keras

from stnctl.config.choices import OPTIMIZERS
from stnctl.config.train_section import TrainConfig
from stnctl.models.variable_parts import freeze_layers, parts_of_trainable
from stnctl.training.learning_rate import learning_rate
from stnctl.training.part_optimizer import PartRule, with_rules


def compile_model(model: keras.Model, train: TrainConfig, num_steps: int) -> None:
    """Compile a model with the configured optimizer and the loss.

    Args:
        model: The network, from U (B, H, W, C) to logits (B, num_classes).
        train: The section `train` of the configuration, or of a stage.
        num_steps: Number of steps in one epoch, for the learning-rate schedule.
    """
    freeze_layers(model, train.freeze)
    kind = getattr(keras.optimizers, OPTIMIZERS[train.optimizer].keras_class)
    if rules := _rules(parts_of_trainable(model), train, num_steps):
        kind = with_rules(kind, rules)
    optimizer = kind(
        learning_rate=learning_rate(train, num_steps),
        use_ema=train.ema is not None,
        **_options(train),
    )
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, loss=_loss(train.label_smoothing))


def _rules(parts: list[str], train: TrainConfig, num_steps: int) -> list[PartRule]:
    """Return the rule of each trainable variable, or [] if all are trained in the same way."""
    rules = {
        part: PartRule(
            getattr(train.learning_rate_of, part),
            _num_frozen(getattr(train.freeze, part), num_steps),
        )
        for part in set(parts)
    }
    plain = all(rule == PartRule() for rule in rules.values())
    return [] if plain else [rules[part] for part in parts]


def _num_frozen(period: str | None, num_steps: int) -> int:
    """Return the number of steps of a valid value of ``train.freeze``; 0 for null."""
    if period is None:
        return 0
    count, unit = period.split()
    return int(count) * (num_steps if unit == "epochs" else 1)


def _options(train: TrainConfig) -> dict[str, Any]:
    """Return the arguments of Keras' optimizer that are configured; null is Keras' default."""
    beta_1, beta_2 = train.betas or (None, None)
    options = {
        "beta_1": beta_1,
        "beta_2": beta_2,
        "momentum": train.momentum,
        "weight_decay": train.weight_decay,
        "global_clipnorm": train.clip_norm,
        "ema_momentum": train.ema,
    }
    return {name: value for name, value in options.items() if value is not None}


def _loss(label_smoothing: float) -> keras.losses.Loss:
    """Return the loss of labels (B,) and logits (B, num_classes), a mean over the batch."""
    if label_smoothing:
        return _SmoothedCrossEntropy(label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class _SmoothedCrossEntropy(keras.losses.Loss):  # type: ignore[misc] # Keras has no types
    """Cross-entropy with smoothed labels."""

    def __init__(self, label_smoothing: float) -> None:
        super().__init__()
        self._smoothing = label_smoothing

    def call(self, labels: Any, logits: Any) -> Any:
        flat = keras.ops.cast(keras.ops.reshape(labels, [-1]), "int32")
        one_hot = keras.ops.one_hot(flat, logits.shape[-1])
        return keras.losses.categorical_crossentropy(
            one_hot, logits, from_logits=True, label_smoothing=self._smoothing
        )
