"""The array namespace of the inputs: ``numpy`` for NumPy arrays, ``keras.ops`` for tensors.

After ``array_namespace`` of the Python array API standard. Keras is imported only when a tensor
arrives, and then the caller has loaded it already.
"""

from typing import Any

import numpy as np

Array = Any
"""A NumPy array or a Keras tensor."""


def array_namespace(*arrays: Array) -> Any:
    """Return the module whose functions work on ``arrays``: ``numpy`` or ``keras.ops``.

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


def stop_gradient(array: Array) -> Array:
    """Return ``array`` (any shape) as a constant to automatic differentiation."""
    if array_namespace(array) is np:
        return array
    from keras import ops

    return ops.stop_gradient(array)


def dtype_name(array: Array) -> str:
    """Return the dtype of ``array`` by its NumPy name, such as ``"float32"``."""
    if array_namespace(array) is np:
        return str(np.asarray(array).dtype)
    from keras import backend

    return str(backend.standardize_dtype(array.dtype))
