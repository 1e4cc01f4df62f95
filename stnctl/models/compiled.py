"""Compilation, in one place: the geometry stays pure, the layers call it compiled."""

from collections.abc import Callable
from typing import Any

import keras


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` as one XLA region on TensorFlow, and as it is on other backends.

    On a CPU, XLA makes the gathers of the sampler several times faster, but convolutions slower:
    so the sampler alone is compiled, inside an otherwise ordinary graph.
    """
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function, jit_compile=True)
