"""Runners of a function on arrays: on NumPy, and on tensors, op by op and compiled.

The tensors are those of ``KERAS_BACKEND``: TensorFlow by default; JAX and PyTorch in
`make test-backends`. A backend is imported only by the runners that need it.
"""

import os
from functools import cache

import pytest

BACKEND = os.environ.get("KERAS_BACKEND") or "tensorflow"


def on_numpy(function, *arrays):
    return function(*arrays)


def on_tensors(function, *arrays):
    """Run op by op on tensors of the backend."""
    return _to_numpy(function(*map(tensor, arrays)))


def compiled(function, *arrays):
    """Run as one compiled function of TensorFlow (under XLA) or JAX."""
    keras()
    if BACKEND == "jax":
        import jax

        return on_tensors(jax.jit(function), *arrays)
    return on_tensors(tensorflow().function(function, jit_compile=True), *arrays)


TENSOR_RUNNERS = {
    "tensorflow": {"tensorflow": on_tensors, "xla": compiled},
    "jax": {"jax": on_tensors, "jit": compiled},
    "torch": {"torch": on_tensors},
}[BACKEND]
RUNNERS = {"numpy": on_numpy, **TENSOR_RUNNERS}


def gradients(function, weights, *arrays, runner=on_tensors):
    """Return the gradients of sum(weights * function(*arrays)) to each of the arrays."""
    keras()
    return runner(_DIFFERENTIATE[BACKEND](function, weights), *arrays)


def tensor(array):
    """Return an array as a tensor of the backend, in its dtype."""
    return keras().ops.convert_to_tensor(array, str(array.dtype))


def tensorflow():
    """Return tensorflow after starting Keras on it; skip the test on other backends."""
    if BACKEND != "tensorflow":
        pytest.skip("TensorFlow only")
    keras()
    import tensorflow as tf

    return tf


@cache
def keras():
    """Return keras after starting its backend as the program does."""
    from stnctl.models.backend import start_backend

    if BACKEND == "jax":  # float64 must be enabled in JAX before Keras imports it
        import jax

        jax.config.update("jax_enable_x64", True)
    start_backend(threads=2)
    import keras

    return keras


def _with_tensorflow(function, weights):
    tf = tensorflow()

    def differentiate(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = tf.reduce_sum(weights * function(*tensors))
        return tape.gradient(total, tensors)

    return differentiate


def _with_jax(function, weights):
    import jax

    def differentiate(*tensors):
        def total(tensors):
            return jax.numpy.sum(weights * function(*tensors))

        return jax.grad(total)(tensors)

    return differentiate


def _with_torch(function, weights):
    import torch

    def differentiate(*tensors):
        inputs = [tensor.requires_grad_() for tensor in tensors]
        total = torch.sum(torch.tensor(weights) * function(*inputs))
        return torch.autograd.grad(total, inputs)

    return differentiate


_DIFFERENTIATE = {"tensorflow": _with_tensorflow, "jax": _with_jax, "torch": _with_torch}


def _to_numpy(result):
    if isinstance(result, list | tuple):
        return type(result)(map(_to_numpy, result))
    return keras().ops.convert_to_numpy(result)
