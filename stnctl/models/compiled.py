"""Compilation of pure functions for the backend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import keras

from stnctl.models.backend import parts_of_batch

_plain = ContextVar("plain", default=False)


@contextmanager
def plain_functions() -> Iterator[None]:
    """Let `compiled` return each function as it is, so that a model is exported as one graph."""
    token = _plain.set(True)
    try:
        yield
    finally:
        _plain.reset(token)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled by XLA on TensorFlow; other backends compile it later or not.

    On a CPU, XLA makes the gathers of the sampler several times faster, but convolutions slower. So
    XLA compiles only functions of the transformer; the rest of the model is an ordinary graph. The
    functions are compiled separately. In a single function, XLA would compute the grid again for
    each sampled pixel, and could not omit the computation of an unused gradient.

    In a distributed training, each device computes its own examples. JAX would otherwise exchange
    all of U, since the pixels that the sampler reads depend on the data.

    Args:
        function: A pure function of tensors, of any shapes, and of other arguments. It is compiled
            once for each combination of the tensors' shapes and the other arguments. Each tensor
            has one row for each example, also the result.
    """
    return function if _plain.get() else _by_backend(function)


@cache
def _by_backend(function: Callable[..., Any]) -> Callable[..., Any]:
    if keras.config.backend() == "jax":
        return _by_device(function)
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    compiled_function: Callable[..., Any] = tf.function(function, jit_compile=True, autograph=False)
    return compiled_function


@cache
def compiled_for_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled by XLA on TensorFlow and JAX, and unchanged on PyTorch.

    The result is for data, not for training: it takes NumPy arrays, so no gradient passes through
    it. On PyTorch, NumPy computes it. On TensorFlow, each thread computes a part of the rows.

    Args:
        function: A pure function of arrays, each with one row for each example, as its result. It
            is compiled once for each combination of shapes.
    """
    if keras.config.backend() == "tensorflow":
        return _in_parts(compiled(function))
    if keras.config.backend() == "torch":
        return function
    import jax

    jitted: Callable[..., Any] = jax.jit(function)
    return jitted


def _in_parts(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a compiled function of TensorFlow that divides its rows among the threads."""
    import tensorflow as tf

    def in_parts(*arrays: Any) -> Any:
        parts = parts_of_batch(arrays[0].shape[0])
        rows = zip(*(tf.split(each, parts) for each in arrays), strict=True)
        return tf.concat([function(*each) for each in rows], axis=0)

    result: Callable[..., Any] = tf.function(in_parts, autograph=False)
    return result


def _by_device(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` on JAX, computed by each device if a batch is divided among them."""

    def by_device(*arguments: Any) -> Any:
        distribution = keras.distribution.distribution()
        if not getattr(distribution, "divided", False):
            return function(*arguments)
        import jax

        is_tensor = [isinstance(each, jax.Array) for each in arguments]

        def of_device(*tensors: Any) -> Any:
            own = iter(tensors)
            pairs = zip(arguments, is_tensor, strict=True)
            return function(*(next(own) if each_is else each for each, each_is in pairs))

        mesh = distribution.device_mesh.backend_mesh
        rows = jax.sharding.PartitionSpec(*mesh.axis_names)
        divided: Callable[..., Any] = jax.shard_map(
            of_device, mesh=mesh, in_specs=rows, out_specs=rows, check_vma=False
        )
        tensors = [each for each, each_is in zip(arguments, is_tensor, strict=True) if each_is]
        return divided(*tensors)

    return by_device
