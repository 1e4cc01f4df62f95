"""Compilation, in one place: the geometry stays pure, the layers call it compiled."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` as one XLA region on TensorFlow, and as it is on other backends.

    On a CPU, XLA makes the gathers of the sampler several times faster, but convolutions slower:
    so the transformer alone is compiled, inside an otherwise ordinary graph. It takes more than
    one region: XLA would compute a grid anew for every pixel that is read by it, and what is
    computed for a gradient that nobody asks for can be left out only as a whole.

    A function is compiled once, for each of its arguments that is no tensor.
    """
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function, jit_compile=True, autograph=False)


@cache
def compiled_for_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of arrays alone, compiled for them: by XLA on TensorFlow and JAX.

    On PyTorch it stays as it is, and computes with NumPy's arrays in NumPy. No gradient passes.
    """
    if keras.config.backend() != "jax":
        return compiled(function)
    import jax

    return jax.jit(function)
