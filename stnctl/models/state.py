"""Training state of a model as named arrays, and its restoration."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from stnctl.errors import InputError
from stnctl.runs.checkpoint_paths import ARRAY_GROUPS

State = Mapping[str, np.ndarray]
"""Name -> array of any shape. A name is ``group/index/variable``, the group from `ARRAY_GROUPS`."""

MODEL, OPTIMIZER, AVERAGE = ARRAY_GROUPS


def weights_of(model: keras.Model) -> dict[str, np.ndarray]:
    """Return all variables of a model as arrays, by name; each has the shape of its variable.

    The states of random generators are among them.
    """
    return _arrays(MODEL, model.variables)


def training_state_of(model: keras.Model) -> dict[str, np.ndarray]:
    """Return the training state of a compiled model: its variables and those of its optimizer.

    The result maps names to arrays; each is a copy, with the shape of its variable. If the
    optimizer keeps averaged weights, the state also has them in a group of their own (`AVERAGE`),
    from which they can be restored without an optimizer.
    """
    state = weights_of(model) | _arrays(OPTIMIZER, model.optimizer.variables)
    if keeps_average(model):
        with averaged_weights(model):
            state |= _arrays(AVERAGE, model.trainable_variables)
    return state


def restore_weights(model: keras.Model, state: State) -> None:
    """Assign the weights in ``state`` to a model: the averaged weights if the state has them.

    If an array does not fit its variable, no variable is changed.

    Raises:
        InputError: As `restore_training_state`.
    """
    groups = [(MODEL, model.variables)]
    if any(name.startswith(f"{AVERAGE}/") for name in state):
        groups.append((AVERAGE, model.trainable_variables))
    _restore(groups, state)


def restore_training_state(model: keras.Model, state: State) -> None:
    """Assign a training state, from `training_state_of`, to a compiled and built model.

    Each array must have the shape and dtype of its variable. Only integer arrays, such as the
    states of random generators, may have another integer dtype that holds the same values: Keras'
    backends differ in these dtypes. If an array does not fit, no variable is changed.

    Raises:
        InputError: If a name, a shape or a dtype differs, or a value is not finite.
    """
    _restore([(MODEL, model.variables), (OPTIMIZER, model.optimizer.variables)], state)


def keeps_average(model: keras.Model) -> bool:
    """Return whether the optimizer of a compiled model keeps averaged weights."""
    return bool(model.optimizer.use_ema)


@contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Replace the weights of a compiled model by their averages in the ``with`` block.

    Without averaged weights in the optimizer, the weights stay as they are.
    """
    if not keeps_average(model):
        yield
        return
    weights = [keras.ops.copy(variable) for variable in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    # On JAX, a weight and its average are one buffer now, and a prediction would free it.
    for variable in model.trainable_variables:
        variable.assign(keras.ops.copy(variable))
    try:
        yield
    finally:
        for variable, weight in zip(model.trainable_variables, weights, strict=True):
            variable.assign(weight)


def _key(group: str, index: int, variable: Any) -> str:
    return f"{group}/{index:03d}/{variable.name}"


def _arrays(group: str, variables: Sequence[Any]) -> dict[str, np.ndarray]:
    return {
        _key(group, index, variable): keras.ops.convert_to_numpy(variable)
        for index, variable in enumerate(variables)
    }


def _restore(groups: Sequence[tuple[str, Sequence[Any]]], state: State) -> None:
    pairs = [
        (variable, _matching_array(_key(group, index, variable), variable, state))
        for group, variables in groups
        for index, variable in enumerate(variables)
    ]
    _reject_unknown_names(groups, state)
    for variable, array in pairs:
        variable.assign(array)


def _reject_unknown_names(groups: Sequence[tuple[str, Sequence[Any]]], state: State) -> None:
    for group, variables in groups:
        known = {_key(group, index, variable) for index, variable in enumerate(variables)}
        for name in state:
            if name.startswith(f"{group}/") and name not in known:
                raise InputError(f"the checkpoint has an array {name!r}, which the model lacks")


def _matching_array(key: str, variable: Any, state: State) -> np.ndarray:
    if key not in state:
        raise InputError(f"the checkpoint has no array {key!r}, which the model needs")
    array = _with_integer_dtype(state[key], str(variable.dtype))
    expected = (tuple(variable.shape), str(variable.dtype))
    found = (array.shape, str(array.dtype))
    if expected != found:
        raise InputError(f"checkpoint array {key!r}: expected {expected}, found {found}")
    if not np.isfinite(array).all():
        raise InputError(f"checkpoint array {key!r} has values that are not finite")
    return array


def _with_integer_dtype(array: np.ndarray, dtype: str) -> np.ndarray:
    """Return an array of integers in another integer dtype if this keeps all values."""
    if array.dtype.kind not in "iu" or np.dtype(dtype).kind not in "iu":
        return array
    converted = array.astype(dtype)
    same = np.array_equal(converted, array) and np.array_equal(converted < 0, array < 0)
    return converted if same else array
