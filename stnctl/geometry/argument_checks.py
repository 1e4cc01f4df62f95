"""Checks of the sampler's arguments."""

from collections.abc import Sequence

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


def check_fill(padding: str, fill_value: float | Sequence[float], num_channels: int | None) -> None:
    """Reject a fill value that is neither one number nor one for each channel.

    Args:
        padding: A key of `PADDINGS`; only "value" uses the fill value.
        fill_value: One number, or (num_channels,).
        num_channels: C of U; None if it is unknown, and then ``fill_value`` must be one number.

    Raises:
        ValueError: If the count is wrong. The message gives the value and the expected count.
    """
    shape = np.shape(fill_value)
    if padding == "value" and shape not in ((), (num_channels,)):
        raise ValueError(
            f"fill_value must be one number, or {num_channels}, one for each channel; "
            f"got {fill_value}"
        )


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
