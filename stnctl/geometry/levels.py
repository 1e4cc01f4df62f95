"""Conversion between values from 0 to 1 and the levels that image files store. On NumPy."""

import numpy as np


def to_values(levels: np.ndarray) -> np.ndarray:
    """Return levels from 0 to 255, (...), uint8, as values from 0 to 1 in float32."""
    values = levels.astype(np.float32)
    return np.divide(values, np.float32(255), out=values)


def to_levels(values: np.ndarray, bits: int = 8) -> np.ndarray:
    """Return floating values, (...), clipped to [0, 1], as rounded levels of 8 or 16 bits."""
    scaled = np.clip(values, 0, 1)
    scaled *= 2**bits - 1
    levels: np.ndarray = np.rint(scaled, out=scaled).astype(f"uint{bits}")
    return levels
