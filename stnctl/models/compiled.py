"""Compilation of pure functions for the backend."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` as one XLA region on TensorFlow, and unchanged on other backends.

    On a CPU, XLA makes the gathers of the sampler several times faster, but convolutions slower. So
    only the transformer is compiled, within an ordinary graph, and in several regions: in a single
    region, XLA would compute the grid again for each sampled pixel, and could not omit an unused
    gradient.

    A function is compiled once for each combination of its arguments that are not tensors.
    """
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    compiled_function: Callable[..., Any] = tf.function(function, jit_compile=True, autograph=False)
    return compiled_function


@cache
def compiled_for_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of NumPy arrays compiled by XLA on TensorFlow and JAX, without gradients.

    It is compiled once for each combination of shapes. On PyTorch, the function is unchanged and
    runs on NumPy.
    """
    if keras.config.backend() != "jax":
        return compiled(function)
    import jax

    jitted: Callable[..., Any] = jax.jit(function)
    return jitted
