"""A model's state as named arrays, and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from stnctl.errors import InputError


def keeps_average(model: keras.Model) -> bool:
    """Return whether the optimizer of a compiled model keeps an average of its weights."""
    return bool(model.optimizer.use_ema)


@contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Let a compiled model have its averaged weights inside the block, if an average is kept."""
    if not keeps_average(model):
        yield
        return
    weights = [keras.ops.copy(variable) for variable in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    try:
        yield
    finally:
        for variable, weight in zip(model.trainable_variables, weights, strict=True):
            variable.assign(weight)


State = Mapping[str, np.ndarray]

AVERAGE = "average"
"""The group of the averaged weights."""


def weights_of(model: keras.Model) -> dict[str, np.ndarray]:
    """Return all variables of a model, with the states of its random generators."""
    return _arrays("model", model.variables)


def training_state_of(model: keras.Model) -> dict[str, np.ndarray]:
    """Return what a training needs to go on: all weights and the state of the optimizer.

    If the optimizer keeps an average of the weights, it is there a second time under names of its
    own, for those who want the weights alone.
    """
    state = weights_of(model) | _arrays("optimizer", model.optimizer.variables)
    if keeps_average(model):
        with averaged_weights(model):
            state |= _arrays(AVERAGE, model.trainable_variables)
    return state


def restore_weights(model: keras.Model, state: State) -> None:
    """Assign the weights in ``state`` to ``model``, their average if it has one.

    Nothing is assigned unless all fit.

    Raises:
        InputError: If a name, a shape or a dtype differs, or a value is not finite.
    """
    groups = [("model", model.variables)]
    if any(name.startswith(f"{AVERAGE}/") for name in state):
        groups.append((AVERAGE, model.trainable_variables))
    _restore(groups, state)


def restore_training_state(model: keras.Model, state: State) -> None:
    """Assign a whole training state to a compiled and built model, as `training_state_of` made it.

    Raises:
        InputError: If a name, a shape or a dtype differs, or a value is not finite.
    """
    _restore([("model", model.variables), ("optimizer", model.optimizer.variables)], state)


def _key(group: str, index: int, variable: Any) -> str:
    return f"{group}/{index:03d}/{variable.name}"


def _arrays(group: str, variables: Sequence[Any]) -> dict[str, np.ndarray]:
    return {
        _key(group, index, variable): keras.ops.convert_to_numpy(variable)
        for index, variable in enumerate(variables)
    }


def _restore(groups: Sequence[tuple[str, Sequence[Any]]], state: State) -> None:
    pairs = [
        (variable, _fitting(_key(group, index, variable), variable, state))
        for group, variables in groups
        for index, variable in enumerate(variables)
    ]
    _refuse_others(groups, state)
    for variable, array in pairs:
        variable.assign(array)


def _refuse_others(groups: Sequence[tuple[str, Sequence[Any]]], state: State) -> None:
    for group, variables in groups:
        known = {_key(group, index, variable) for index, variable in enumerate(variables)}
        for name in state:
            if name.startswith(f"{group}/") and name not in known:
                raise InputError(f"the checkpoint has an array {name!r}, which the model lacks")


def _fitting(key: str, variable: Any, state: State) -> np.ndarray:
    if key not in state:
        raise InputError(f"the checkpoint has no array {key!r}, which the model needs")
    array = state[key]
    expected = (tuple(variable.shape), str(variable.dtype))
    found = (array.shape, str(array.dtype))
    if expected != found:
        raise InputError(f"checkpoint array {key!r}: expected {expected}, found {found}")
    if not np.isfinite(array).all():
        raise InputError(f"checkpoint array {key!r} holds values that are not finite")
    return array
