"""The array namespace of the inputs: ``numpy`` for NumPy arrays, ``keras.ops`` for tensors.

After ``array_namespace`` of the Python array API standard. Keras is imported only when a tensor
arrives, and then the caller has loaded it already.
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
        *arrays: NumPy arrays or tensors, of any shapes.

    Raises:
        TypeError: If one of them is neither a NumPy array nor a tensor.
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
    """Return ``array`` (any shape) as ``dtype``, one of NumPy's names."""
    if array_namespace(array) is np:
        return np.asarray(array, dtype)
    from keras import ops

    return ops.cast(array, dtype)


def constant(values: np.ndarray, like: Array) -> Array:
    """Return ``values`` (any shape) as an array of the namespace and the dtype of ``like``."""
    if array_namespace(like) is np:
        return np.asarray(values, dtype_name(like))
    from keras import ops

    return ops.convert_to_tensor(values, dtype_name(like))


def add_at(index: Array, values: Array, length: int | Array) -> Array:
    """Return sums (length, C) of ``values`` (N, C) that have the same ``index`` (N,), int32."""
    if array_namespace(index, values) is np:
        total = np.zeros((int(length), values.shape[1]), values.dtype)
        np.add.at(total, index, values)
        return total
    from keras import ops

    return ops.segment_sum(values, index, num_segments=length)


def matrix_product(first: Array, second: Array) -> Array:
    """Return the matrix product, (..., n, m), of (..., n, k) and (..., k, m), in full precision.

    Accelerators may round the factors of ``matmul`` to ten bits.
    """
    xp = array_namespace(first, second)
    return xp.sum(first[..., :, :, None] * second[..., None, :, :], axis=-2)


def as_complex(x: Array, y: Array) -> Array:
    """Return the points x + iy, in the shape of x and y: two numbers as one."""
    dtype = "complex128" if dtype_name(x) == "float64" else "complex64"
    return cast(x, dtype) + 1j * cast(y, dtype)


def as_pairs(points: Array) -> Array:
    """Return (..., 2), the x and y of complex points x + iy, (...)."""
    xp = array_namespace(points)
    return xp.stack([xp.real(points), xp.imag(points)], axis=-1)


def with_gradient(
    function: Callable[..., Array], pull_back: Callable[..., tuple[Array, ...]], *arrays: Array
) -> Array:
    """Return ``function(*arrays)`` with a given gradient.

    Args:
        function: Function from the arrays to one array, V.
        pull_back: Function from dV and the arrays to the gradients of each of the arrays.
        *arrays: The arrays to differentiate to, of any shapes.
    """
    if array_namespace(*arrays) is np:
        return function(*arrays)
    from keras import ops

    def differentiable(*arrays: Array) -> tuple[Array, Callable[..., tuple[Array, ...]]]:
        def gradients(*received: Array, upstream: Array = None) -> tuple[Array, ...]:
            return pull_back(received[0] if upstream is None else upstream, *arrays)

        return function(*arrays), gradients

    return ops.custom_gradient(differentiable)(*arrays)


def dtype_name(array: Array) -> str:
    """Return the dtype of ``array`` (any shape) by its NumPy name, such as ``"float32"``."""
    if array_namespace(array) is np:
        return str(np.asarray(array).dtype)
    from keras import backend

    return str(backend.standardize_dtype(array.dtype))


def precise(array: Array) -> Array:
    """Return ``array`` (any shape) as float32 if its dtype is half precision; else unchanged.

    Coordinates in half precision cannot distinguish the pixels of a map of 1,000.
    """
    return cast(array, "float32") if dtype_name(array) in _HALF else array
