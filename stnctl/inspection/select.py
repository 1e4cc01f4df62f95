"""Chooses the examples to look at."""

from collections.abc import Sequence

import numpy as np

from stnctl.errors import UsageError


def worst(losses: np.ndarray, count: int) -> np.ndarray:
    """Return the indices (count,) of the largest of losses (N,), the largest first."""
    return np.argsort(-losses, kind="stable")[:count]


def best(losses: np.ndarray, count: int) -> np.ndarray:
    """Return the indices (count,) of the smallest of losses (N,), the smallest first."""
    return np.argsort(losses, kind="stable")[:count]


def given(indices: Sequence[int], size: int) -> np.ndarray:
    """Return ``indices`` as an array, if all lie in [0, size).

    Raises:
        UsageError: Naming the indices that do not.
    """
    outside = [index for index in indices if not 0 <= index < size]
    if outside:
        listed = ", ".join(map(str, outside))
        raise UsageError(f"no example {listed}: the split has examples 0 to {size - 1}")
    return np.array(indices, "int64")
