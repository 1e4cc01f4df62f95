"""Optimizers of Keras with a rule for each part of the network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import keras
from keras import ops


@dataclass(frozen=True)
class PartRule:
    """Rule for the updates of the variables of a part.

    Attributes:
        factor: Factor of all updates, weight decay included.
        num_frozen: Number of steps from the start of the training in which the variables and their
            slots stay as they are. After them, the optimizer treats the part as in a new training.
    """

    factor: float = 1.0
    num_frozen: int = 0


def with_rules(
    optimizer: type[keras.optimizers.Optimizer], rules: Sequence[PartRule]
) -> type[keras.optimizers.Optimizer]:
    """Return an optimizer class of Keras that follows a rule for each variable.

    Args:
        optimizer: The class, such as `keras.optimizers.Adam`.
        rules: The rule of each variable with which the optimizer is built.
    """
    base = type(cast(Any, optimizer).__new__(optimizer))  # on PyTorch, Keras replaces the class
    return type(optimizer.__name__, (_WithRules, base), {"_rules": tuple(rules)})


class _WithRules(keras.optimizers.Optimizer):  # type: ignore[misc]
    """Mixin that updates the variables of each rule in a call of its own.

    All values that depend on the step are functions of the counter of the optimizer, which is part
    of the training state.
    """

    _rules: tuple[PartRule, ...] = ()
    _rule = PartRule()
    """The rule of the variables that are updated at the moment."""

    @property
    def iterations(self) -> Any:
        """Number of finished steps; within an update, without those in which a part is frozen."""
        steps = super().iterations
        return ops.maximum(steps - n, 0) if (n := self._rule.num_frozen) else steps

    def _backend_apply_gradients(self, grads: Any, trainable_variables: Any) -> None:
        grads = [
            ops.where(self._iterations < n, ops.zeros_like(grad), grad)
            if (n := self._rule_of(variable).num_frozen)
            else grad
            for grad, variable in zip(grads, trainable_variables, strict=True)
        ]
        super()._backend_apply_gradients(grads, trainable_variables)

    def _apply_weight_decay(self, variables: Any) -> None:
        for rule in dict.fromkeys(map(self._rule_of, variables)):
            with self._following(rule):
                super()._apply_weight_decay([v for v in variables if self._rule_of(v) == rule])

    def _backend_update_step(self, grads: Any, trainable_variables: Any, _rate: Any) -> None:
        pairs = list(zip(grads, trainable_variables, strict=True))
        for rule in dict.fromkeys(map(self._rule_of, trainable_variables)):
            own = [pair for pair in pairs if self._rule_of(pair[1]) == rule]
            with self._following(rule):
                super()._backend_update_step(*zip(*own, strict=True), self.learning_rate)

    def _get_current_learning_rate(self) -> Any:
        """Return the learning rate of the step; within an update, that of the part."""
        rate, rule = super()._get_current_learning_rate(), self._rule
        if rule.factor != 1:
            rate = rate * rule.factor
        if rule.num_frozen:
            rate = rate * ops.cast(self._iterations >= rule.num_frozen, rate.dtype)
        return rate

    def _rule_of(self, variable: Any) -> PartRule:
        index: int = self._get_variable_index(variable)
        return self._rules[index]

    @contextmanager
    def _following(self, rule: PartRule) -> Iterator[None]:
        self._rule = rule
        try:
            yield
        finally:
            self._rule = PartRule()
