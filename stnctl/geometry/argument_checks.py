"""Checks of arguments: maps, grids, fill values and sizes."""

from collections.abc import Iterable, Sequence
from numbers import Integral

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, dtype_name


def check_map(U: Array) -> None:
    """Reject a map that is not floating, or whose shape is not (B, H, W, C).

    Args:
        U: Expected shape (B, H, W, C).

    Raises:
        TypeError: If U is not an array.
        ValueError: If the shape or the dtype is wrong. The message gives both.
    """
    array_namespace(U)
    if len(U.shape) != 4:
        raise ValueError(f"U must have shape (B, H, W, C), got {tuple(U.shape)}")
    _check_floating("U", U)


def check_fill(
    padding: str, fill_value: float | Sequence[float], num_channels: int | None, dtype: str
) -> None:
    """Reject a fill value that is neither one number nor one for each channel, or is not finite.

    V is a weighted sum of pixels, and a weight of 0 times an infinite fill value would be NaN.

    Args:
        padding: A key of `PADDINGS`; only "value" uses the fill value.
        fill_value: One number, or (num_channels,).
        num_channels: C of U; None if it is unknown, and then ``fill_value`` must be one number.
        dtype: Name of the dtype of U. Half precision is computed in float32.

    Raises:
        ValueError: If the count is wrong, or a number is not finite in this dtype. The message
            gives the value.
    """
    if padding != "value":
        return
    if np.shape(fill_value) not in ((), (num_channels,)):
        raise ValueError(
            f"fill_value must be one number, or {num_channels}, one for each channel; "
            f"got {fill_value}"
        )
    limit = np.finfo("float64" if dtype == "float64" else "float32").max
    if not (np.abs(np.asarray(fill_value, "float64")) <= limit).all():  # rejects NaN too
        raise ValueError(f"fill_value must be finite in {dtype}, got {fill_value}")


def whole_pair(name: str, values: Sequence[int], least: int) -> tuple[int, int]:
    """Return two whole numbers, such as a size (height, width), checked, as a tuple of int.

    Args:
        name: Name of the argument, for the message.
        values: The two numbers: int or NumPy integers, not bool.
        least: Smallest valid number.

    Raises:
        ValueError: If ``values`` is not two whole numbers of at least ``least``.
    """
    numbers = tuple(values) if isinstance(values, Iterable) else ()
    if len(numbers) != 2 or not all(is_whole(number) and number >= least for number in numbers):
        raise ValueError(f"{name} must be two whole numbers of at least {least}, got {values}")
    return int(numbers[0]), int(numbers[1])


def is_whole(value: object) -> bool:
    """Return whether a value is an int or a NumPy integer, not a bool."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def check_grid(grid: Array, U: Array) -> None:
    """Reject a grid that is not floating, or whose shape does not fit U.

    Args:
        grid: Expected shape (B, H', W', 2).
        U: (B, H, W, C).

    Raises:
        TypeError: If the grid is not an array.
        ValueError: If the shape, the batch size or the dtype is wrong. The message gives both.
    """
    array_namespace(grid)
    if len(grid.shape) != 4 or grid.shape[-1] != 2:
        raise ValueError(f"grid must have shape (B, H', W', 2), got {tuple(grid.shape)}")
    if None not in (U.shape[0], grid.shape[0]) and U.shape[0] != grid.shape[0]:
        raise ValueError(f"U has a batch of {U.shape[0]}, but grid one of {grid.shape[0]}")
    _check_floating("grid", grid)


def _check_floating(name: str, array: Array) -> None:
    if "float" not in dtype_name(array):
        raise ValueError(f"{name} must be floating, got {dtype_name(array)}; convert it first")
