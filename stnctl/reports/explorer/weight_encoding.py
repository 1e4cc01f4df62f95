"""Encoding of weights as text: float32, float16, or int8 with a scale for each output channel."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

FLOAT32, FLOAT16, INT8 = "float32", "float16", "int8"

_LARGEST = {FLOAT16: float(np.finfo(np.float16).max)}


@dataclass(frozen=True, eq=False)
class EncodedArray:
    """Array of weights as JSON.

    Attributes:
        document: ``shape``, ``dtype``, ``data`` in base64, little-endian, and for int8 also
            ``scale``: float32, one for each index of the last axis.
        decoded: The values that the page gets, float32, in the shape of the array.
    """

    document: dict[str, Any]
    decoded: np.ndarray


def encode_array(array: np.ndarray, dtype: str) -> EncodedArray:
    """Encode an array.

    A vector is stored as float32, because it is small, and so are values beyond the range of
    float16.

    Args:
        array: Finite numbers of any shape; the last axis is that of the output channels.
        dtype: "float32", "float16" or "int8".
    """
    values = np.asarray(array, np.float32)
    if values.ndim < 2 or np.abs(values).max(initial=0) > _LARGEST.get(dtype, np.inf):
        dtype = FLOAT32
    document: dict[str, Any] = {"shape": list(values.shape), "dtype": dtype}
    if dtype != INT8:
        stored = values.astype(f"<f{4 if dtype == FLOAT32 else 2}")
        return EncodedArray(document | {"data": _text(stored)}, stored.astype(np.float32))
    scale = np.abs(values).max(axis=tuple(range(values.ndim - 1))) / np.float32(127)
    steps = values / np.where(scale > 0, scale, 1)
    whole = np.rint(steps).clip(-127, 127).astype(np.int8)
    document |= {"data": _text(whole), "scale": _text(scale.astype("<f4"))}
    return EncodedArray(document, (whole * scale).astype(np.float32))


def _text(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
