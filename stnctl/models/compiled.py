"""Compilation of pure functions for the backend."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled by XLA on TensorFlow, and unchanged on other backends.

    On a CPU, XLA makes the gathers of the sampler several times faster, but convolutions slower. So
    XLA compiles only functions of the transformer; the rest of the model is an ordinary graph. The
    functions are compiled separately. In a single function, XLA would compute the grid again for
    each sampled pixel, and could not omit the computation of an unused gradient.

    Args:
        function: A pure function of tensors, of any shapes, and of other arguments. It is compiled
            once for each combination of the tensors' shapes and the other arguments.
    """
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    compiled_function: Callable[..., Any] = tf.function(function, jit_compile=True, autograph=False)
    return compiled_function


@cache
def compiled_for_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled by XLA on TensorFlow and JAX, and unchanged on PyTorch.

    The result is for data, not for training: it takes NumPy arrays, so no gradient passes through
    it. On PyTorch, NumPy computes it.

    Args:
        function: A pure function of arrays, of any shapes. It is compiled once for each combination
            of shapes.
    """
    if keras.config.backend() != "jax":
        return compiled(function)
    import jax

    jitted: Callable[..., Any] = jax.jit(function)
    return jitted
