"""The sampler: reads U at the points of a sampling grid (paper, section 3.3)."""

from collections.abc import Callable

import numpy as np

from stnctl.geometry._namespace import (
    Array,
    array_namespace,
    cast,
    constant,
    dtype_name,
    stop_gradient,
)
from stnctl.geometry.grid import to_pixels


def sample(
    U: Array,
    grid: Array,
    *,
    interpolation: str = "bilinear",
    padding: str = "zeros",
    align_corners: bool = True,
) -> Array:
    """Return V, the map U read at the points of ``grid``.

    Differentiable in U and in ``grid``. On the pixel lattice, where bilinear sampling has a
    kink, the gradient is the one towards larger coordinates, on every backend. A point that is
    not finite lies outside.

    Convention:
        Direction: the grid holds, for each pixel of V, the point of U to read (target -> source).
        Frame: normalized (x, y), x right, y down; ``align_corners`` as in `stnctl.geometry.grid`.
        Padding: "zeros" continues U by zeros, so that half a pixel outside still fades out
        (PyTorch "zeros", SciPy "grid-constant").

    Args:
        U: (B, H, W, C), floating.
        grid: (B, H', W', 2), floating.
        interpolation: One of `INTERPOLATIONS`. "bilinear" is eq. 5 of the paper.
        padding: One of `PADDINGS`, what lies outside U.
        align_corners: Whether -1 and 1 are the centers (True) or the outer edges (False) of the
            corner pixels.

    Returns:
        V of shape (B, H', W', C), in the dtype of U.

    Raises:
        TypeError: If U or the grid is no array.
        ValueError: If a shape, a dtype or a choice is not one of the above.
    """
    check_map(U)
    _check_grid(grid, U)
    read = _choose("interpolation", interpolation, INTERPOLATIONS)
    surround = _choose("padding", padding, PADDINGS)
    pixels = to_pixels(grid, (U.shape[1], U.shape[2]), align_corners=align_corners)
    return read(*surround(U, pixels))


def _zeros(U: Array, pixels: Array) -> tuple[Array, Array]:
    """Lay a ring of zeros round U (B, H, W, C), and bring far points (B, H', W', 2) onto it."""
    xp = array_namespace(U, pixels)
    ringed = xp.pad(U, ((0, 0), (1, 1), (1, 1), (0, 0)))  # (B, H + 2, W + 2, C)
    size = constant(np.array([U.shape[2], U.shape[1]]), like=pixels)
    inside = (pixels > -1) & (pixels < size)  # False for NaN
    return ringed, xp.where(inside, pixels + 1, xp.zeros_like(pixels))


def _bilinear(U: Array, pixels: Array) -> Array:
    """Read U (B, H, W, C) at pixels (B, H', W', 2), all in [0, W - 1] x [0, H - 1]: eq. 5."""
    xp = array_namespace(U, pixels)
    height, width, channels = U.shape[1:]
    first, fraction = _split(pixels, (height, width))
    x, y = first[..., 0], first[..., 1]  # (B, H', W')
    batch = xp.reshape(xp.arange(xp.shape(U)[0], dtype="int32"), (-1, 1, 1))
    corner = (batch * height + y) * width + x
    rows = xp.reshape(U, (-1, channels))  # (B * H * W, C)

    fx = cast(fraction[..., 0:1], dtype_name(U))  # (B, H', W', 1)
    fy = cast(fraction[..., 1:2], dtype_name(U))
    top = _blend(xp.take(rows, corner, 0), xp.take(rows, corner + 1, 0), fx)
    bottom = _blend(xp.take(rows, corner + width, 0), xp.take(rows, corner + width + 1, 0), fx)
    return _blend(top, bottom, fy)  # (B, H', W', C)


def _blend(a: Array, b: Array, weight: Array) -> Array:
    return a + weight * (b - a)


def _split(pixels: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """Split pixels (..., 2) into the corner below, int32, and the fraction in [0, 1].

    Points within rounding of the lattice count as on it, so that V is U to the bit at the
    identity; the gradient passes through.
    """
    xp = array_namespace(pixels)
    height, width = size
    rounding = 2 * max(size) * float(np.finfo(dtype_name(pixels)).eps)
    last_corner = constant(np.array([width - 2, height - 2]), like=pixels)
    first = stop_gradient(xp.minimum(xp.floor(pixels + rounding), last_corner))
    fraction = pixels - first
    residue = xp.where(xp.abs(fraction) < rounding, fraction, xp.zeros_like(fraction))
    return cast(first, "int32"), fraction - stop_gradient(residue)


def check_map(U: Array) -> None:
    """Refuse a map that is not floating, or whose shape is not (B, H, W, C).

    Raises:
        TypeError: If it is no array.
        ValueError: Naming what came and what was expected.
    """
    array_namespace(U)
    if len(U.shape) != 4:
        raise ValueError(f"U must have shape (B, H, W, C), got {tuple(U.shape)}")
    _check_floating("U", U)


def _check_grid(grid: Array, U: Array) -> None:
    array_namespace(grid)
    if len(grid.shape) != 4 or grid.shape[-1] != 2:
        raise ValueError(f"grid must have shape (B, H', W', 2), got {tuple(grid.shape)}")
    if None not in (U.shape[0], grid.shape[0]) and U.shape[0] != grid.shape[0]:
        raise ValueError(f"U has a batch of {U.shape[0]}, but grid one of {grid.shape[0]}")
    _check_floating("grid", grid)


def _check_floating(name: str, array: Array) -> None:
    if "float" not in dtype_name(array):
        raise ValueError(f"{name} must be floating, got {dtype_name(array)}; convert it first")


def _choose(kind: str, name: str, choices: dict[str, Callable]) -> Callable:
    if name not in choices:
        raise ValueError(f"{kind} must be one of {', '.join(choices)}, got {name!r}")
    return choices[name]


INTERPOLATIONS: dict[str, Callable[[Array, Array], Array]] = {"bilinear": _bilinear}
PADDINGS: dict[str, Callable[[Array, Array], tuple[Array, Array]]] = {"zeros": _zeros}
