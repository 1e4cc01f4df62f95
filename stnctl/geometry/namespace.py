"""The array namespace of the inputs: ``numpy`` for NumPy arrays, ``keras.ops`` for tensors.

The design follows ``array_namespace`` of the Python array API standard. Keras is imported only for
a tensor; the code that made the tensor has imported Keras before. (...) stands for any shape.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
"""A NumPy array or a Keras tensor."""

_HALF = ("float16", "bfloat16")


def array_namespace(*arrays: Array) -> Any:
    """Return the module whose functions work on ``arrays``: ``numpy`` or ``keras.ops``.

    Args:
        *arrays: NumPy arrays or tensors, (...) each.

    Raises:
        TypeError: If an argument is neither a NumPy array nor a tensor.
    """
    for array in arrays:
        if not hasattr(array, "dtype"):
            raise TypeError(
                f"expected a NumPy array or a tensor, got {type(array).__name__}; "
                "convert it with numpy.asarray"
            )
    if all(isinstance(array, np.ndarray | np.generic) for array in arrays):
        return np
    from keras import ops

    return ops


def cast(array: Array, dtype: str) -> Array:
    """Return ``array`` (...) as ``dtype``, a NumPy name such as ``"float32"``."""
    if array_namespace(array) is np:
        return np.asarray(array, dtype)
    from keras import ops

    return ops.cast(array, dtype)


def constant(values: np.ndarray, like: Array) -> Array:
    """Return ``values`` (...) as an array with the namespace and the dtype of ``like`` (...)."""
    if array_namespace(like) is np:
        return np.asarray(values, dtype_name(like))
    from keras import ops

    return ops.convert_to_tensor(values, dtype_name(like))


def add_at(total: Array, index: Array, values: Array) -> Array:
    """Return ``total`` (N, C) with each row of ``values`` (M, C) added to the row at its index.

    A CPU adds the rows in their order, so the result has the same bits each time.

    Args:
        total: (N, C).
        index: The row of ``total`` for each row of ``values``, (M,), int32.
        values: (M, C).
    """
    if array_namespace(total, index, values) is np:
        result = total.copy()
        np.add.at(result, index, values)
        return result
    import keras

    if keras.config.backend() == "torch":  # the scatter of Keras adds in any order there
        return total.index_add(0, index, values)
    return keras.ops.scatter_update(total, index[:, None], values, reduction="add")


def matrix_product(first: Array, second: Array) -> Array:
    """Return the matrix product, (..., n, m), of (..., n, k) and (..., k, m), in full precision.

    On accelerators, ``matmul`` may round its factors to ten bits.
    """
    xp = array_namespace(first, second)
    return xp.sum(first[..., :, :, None] * second[..., None, :, :], axis=-2)


def as_complex(x: Array, y: Array) -> Array:
    """Return the complex points x + iy, (...), for x and y, (...) each, in their precision."""
    dtype = "complex128" if dtype_name(x) == "float64" else "complex64"
    return cast(x, dtype) + 1j * cast(y, dtype)


def as_pairs(points: Array) -> Array:
    """Return the x and y, (..., 2), of complex points x + iy, (...)."""
    xp = array_namespace(points)
    return xp.stack([xp.real(points), xp.imag(points)], axis=-1)


def with_gradient(
    function: Callable[..., Array], pull_back: Callable[..., tuple[Array, ...]], *arrays: Array
) -> Array:
    """Return ``function(*arrays)`` with a custom gradient. NumPy arrays have no gradient.

    Args:
        function: Function of the arrays that returns one array, V.
        pull_back: Function of dV, the gradient with respect to V, and of the arrays. It returns the
            gradients with respect to the arrays, in their order.
        *arrays: The arrays to differentiate with respect to, (...) each.
    """
    if array_namespace(*arrays) is np:
        return function(*arrays)
    from keras import ops

    def differentiable(*arrays: Array) -> tuple[Array, Callable[..., tuple[Array, ...]]]:
        def gradients(*received: Array, upstream: Array = None) -> tuple[Array, ...]:
            return pull_back(received[0] if upstream is None else upstream, *arrays)

        return function(*arrays), gradients

    return ops.custom_gradient(differentiable)(*arrays)


def known_everywhere(condition: Array) -> bool:
    """Return whether a condition (...) is known to hold everywhere; False for tensors.

    A function can then leave out the work for the other case.
    """
    return array_namespace(condition) is np and bool(np.all(condition))


def dtype_name(array: Array) -> str:
    """Return the NumPy name of the dtype of ``array`` (...), such as ``"float32"``."""
    if array_namespace(array) is np:
        return str(np.asarray(array).dtype)
    from keras import backend

    return str(backend.standardize_dtype(array.dtype))


def precise(array: Array) -> Array:
    """Return ``array`` (...) as float32 if its dtype is half precision; else unchanged.

    Half precision is too coarse for coordinates: bfloat16 does not distinguish the pixels of a map
    that is 1,000 pixels wide.
    """
    return cast(array, "float32") if dtype_name(array) in _HALF else array
