"""The moving average of a model's weights, which its optimizer keeps."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


def has_average(model: keras.Model) -> bool:
    """Return whether the optimizer of a compiled model keeps an average of its weights."""
    return bool(model.optimizer.use_ema)


@contextmanager
def averaged(model: keras.Model) -> Iterator[None]:
    """Let a compiled model have its averaged weights inside the block, if an average is kept."""
    if not has_average(model):
        yield
        return
    weights = [keras.ops.copy(variable) for variable in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    try:
        yield
    finally:
        for variable, weight in zip(model.trainable_variables, weights, strict=True):
            variable.assign(weight)
