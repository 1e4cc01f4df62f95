"""The sampler: reads U at the points of a sampling grid (paper, section 3.3)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from stnctl.geometry.argument_checks import check_fill, check_grid, check_map, whole_pair
from stnctl.geometry.grid import axes_to_pixels, half_span
from stnctl.geometry.interpolation.taps import FARTHEST, Interpolation, Tap
from stnctl.geometry.namespace import (
    Array,
    add_at,
    array_namespace,
    as_complex,
    as_pairs,
    cast,
    dtype_name,
    precise,
    with_gradient,
)
from stnctl.geometry.padding import Padding
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS

Function = Callable[..., Any]
Region = Callable[[Function], Function]


def sample(
    U: Array,
    grid: Array,
    *,
    interpolation: str | Interpolation = "bilinear",
    padding: str = "zeros",
    fill_value: float | Sequence[float] = 0.0,
    align_corners: bool = True,
) -> Array:
    """Return V, the map U read at the points of ``grid``.

    V is differentiable in U and in ``grid``; "nearest" is a step function, so its gradient with
    respect to the grid is zero. At a pixel center, where bilinear sampling has a kink, the gradient
    is the one towards larger coordinates, on every backend. A point that is not finite counts as
    far outside U.

    Convention:
        Direction: the grid holds, for each pixel of V, the point of U to read (target -> source).
        Frame: normalized (x, y), x right, y down; ``align_corners`` as in `stnctl.geometry.grid`.
        Padding: beyond the edges of U, the interpolation reads pixels with the values of the
        padding. "zeros", "border" and "reflection" are PyTorch's names. SciPy calls "zeros" and
        "value" grid-constant, "border" nearest, and "reflection" mirror (with ``align_corners``)
        or reflect.

    Args:
        U: (B, H, W, C), floating.
        grid: (B, H', W', 2), floating.
        interpolation: A key of `INTERPOLATIONS`, or an `Interpolation`, such as ``Bicubic(-0.5)``.
        padding: A key of `PADDINGS`, the rule for pixels outside U.
        fill_value: The value outside U for "value": one number, or one for each channel.
        align_corners: Whether -1 and 1 are the centers (True) or the outer edges (False) of the
            corner pixels.

    Returns:
        V of shape (B, H', W', C), in the dtype of U. Half precision is computed in single
        precision.

    Raises:
        TypeError: If U or the grid is not an array.
        ValueError: If a shape, a dtype or a choice is not one of the above.
    """
    check_map(U)
    check_grid(grid, U)
    check_fill(padding, fill_value, U.shape[3], dtype_name(U))
    sampler = make_sampler(
        (U.shape[1], U.shape[2]),
        interpolation=interpolation,
        padding=padding,
        fill_value=fill_value,
        align_corners=align_corners,
    )
    return sampler(U, grid)


def make_sampler(
    input_size: tuple[int, int],
    *,
    interpolation: str | Interpolation = "bilinear",
    padding: str = "zeros",
    fill_value: float | Sequence[float] = 0.0,
    align_corners: bool = True,
) -> "Sampler":
    """Return a sampler for maps of a fixed size.

    Args:
        input_size: (H, W) of U.
        interpolation: As in `sample`.
        padding: As in `sample`.
        fill_value: As in `sample`.
        align_corners: As in `sample`.

    Raises:
        ValueError: If the interpolation or the padding is unknown; the message lists the names. Or
            if the size is not two whole numbers of at least 1.
    """
    if not isinstance(interpolation, Interpolation):
        interpolation = INTERPOLATIONS.lookup(interpolation)
    PADDINGS.check(padding)
    values = tuple(map(float, np.ravel(fill_value)))
    fill = values if np.ndim(fill_value) else values[0]
    size = whole_pair("input_size", input_size, 1)
    return Sampler(size, interpolation, Padding(padding, fill, align_corners))


def _unchanged(function: Function) -> Function:
    return function


@dataclass(frozen=True)
class Sampler:
    """A sampler for maps of a fixed size, with parts that can be compiled separately.

    The result is that of `sample`.

    Attributes:
        input_size: (H, W) of U.
        interpolation: The rule for points between pixels.
        padding: The rule for pixels outside U.
    """

    input_size: tuple[int, int]
    interpolation: Interpolation
    padding: Padding

    def __call__(self, U: Array, grid: Array, *, region: Region = _unchanged) -> Array:
        """Return V, (B, H', W', C), in the dtype of U.

        Args:
            U: (B, H, W, C).
            grid: (B, H', W', 2), the points to read.
            region: A decorator, such as a compiler, for each of `prefilter`, `read`,
                `grid_gradient`, `scatter_gradient` and `as_pairs`; default none. A compiled graph
                leaves out `scatter_gradient` if U needs no gradient.
        """

        def pull_back(dV: Array, source: Array, grid: Array) -> tuple[Array, Array]:
            dgrid = region(as_pairs)(region(Sampler.grid_gradient)(self, source, grid, dV))
            dU = region(Sampler.scatter_gradient)(self, source, grid, dV)
            return dU, cast(dgrid, dtype_name(grid))

        def read(source: Array, grid: Array) -> Array:
            return region(Sampler.read)(self, source, grid)

        source = precise(U)
        if self.interpolation.prefilters:
            source = region(Sampler.prefilter)(self, source)
        return cast(with_gradient(read, pull_back, source, grid), dtype_name(U))

    def prefilter(self, U: Array) -> Array:
        """Return the map that `read` takes, (B, H", W", C), for U (B, H, W, C).

        It is U itself if the interpolation has no prefilter.
        """
        return self.interpolation.prefilter(U, self.padding)

    def read(self, source: Array, grid: Array) -> Array:
        """Return V, (B, H', W', C) (paper, eq. 3).

        Args:
            source: The result of `prefilter`, (B, H", W", C).
            grid: (B, H', W', 2).
        """
        columns, rows = self._taps(grid, dtype_name(source))
        pixels = ((self._pixels(source, x, y) for x in columns) for y in rows)
        return _blend(pixels, [x.weight for x in columns], [y.weight for y in rows])

    def grid_gradient(self, source: Array, grid: Array, dV: Array) -> Array:
        """Return the gradient with respect to the grid (paper, eq. 7), as complex numbers.

        The complex numbers are for speed: on a CPU, XLA computes each element of a result
        separately. With both coordinates in one number, it reads the pixels once.

        Args:
            source: The result of `prefilter`, (B, H", W", C).
            grid: (B, H', W', 2).
            dV: The gradient with respect to V, (B, H', W', C).

        Returns:
            Array of shape (B, H', W'), x + iy; see `as_pairs`.
        """
        xp = array_namespace(source, grid)
        columns, rows = self._taps(grid, dtype_name(source))
        pixels = [[self._pixels(source, x, y) for x in columns] for y in rows]
        half = half_span(self.input_size, align_corners=self.padding.align_corners)
        across = ([x.slope for x in columns], [x.weight for x in columns])
        down = ([y.weight for y in rows], [y.slope for y in rows])
        dx, dy = (
            xp.sum(_blend(pixels, *shares) * dV, axis=-1) * float(pixels_to_one)
            for *shares, pixels_to_one in zip(across, down, half, strict=True)
        )
        return as_complex(dx, dy)

    def scatter_gradient(self, source: Array, grid: Array, dV: Array) -> Array:
        """Return the gradient with respect to ``source``, (B, H", W", C) (paper, eq. 6).

        Args:
            source: The result of `prefilter`, (B, H", W", C).
            grid: (B, H', W', 2).
            dV: The gradient with respect to V, (B, H', W', C).
        """
        xp = array_namespace(source, grid)
        columns, rows = self._taps(grid, dtype_name(source))
        total = xp.zeros_like(xp.reshape(source, (-1, dV.shape[-1])))
        for x, y in product(columns, rows):
            index = xp.reshape(_flat_index(source, x, y), (-1,))
            share = _masked((x.weight * y.weight)[..., None] * dV, x, y)
            total = add_at(total, index, xp.reshape(share, (-1, dV.shape[-1])))
        return xp.reshape(total, xp.shape(source))

    def _taps(self, grid: Array, dtype: str) -> tuple[list[Tap], list[Tap]]:
        """Return the taps of x and of y, (B, H', W') each, with weights and slopes in ``dtype``.

        The shape of the grid is (B, H', W', 2).
        """
        align_corners = self.padding.align_corners
        height, width = self.input_size
        grid = precise(grid)
        x, y = grid[..., 0], grid[..., 1]
        with np.errstate(invalid="ignore", over="ignore"):  # points may be infinite
            points = axes_to_pixels(x, y, self.input_size, align_corners=align_corners)
            columns, rows = (
                [self._masked_tap(tap, x, dtype) for tap in self._read_axis(x, n)]
                for x, n in zip(points, (width, height), strict=True)
            )
        return columns, rows

    def _read_axis(self, x: Array, size: int) -> list[Tap]:
        return self.interpolation.taps(x, size, self.padding)

    def _masked_tap(self, tap: Tap, x: Array, dtype: str) -> Tap:
        """Return the tap in ``dtype``: slope 0 far outside U; for "zeros", weight 0 outside U."""
        xp = array_namespace(x)
        nothing = cast(xp.zeros_like(x), dtype)
        weight = cast(tap.weight, dtype)
        slope = xp.where(xp.abs(x) < FARTHEST, cast(tap.slope, dtype), nothing)  # False for NaN
        if self.padding.mode != "zeros" or tap.inside is None:
            return replace(tap, weight=weight, slope=slope)
        weight, slope = (xp.where(tap.inside, part, nothing) for part in (weight, slope))
        return Tap(tap.index, None, weight, slope)

    def _pixels(self, source: Array, x: Tap, y: Tap) -> Array:
        """Return the pixels of ``source`` in the column of x and the row of y, (B, H', W', C)."""
        xp = array_namespace(source, x.index)
        rows = xp.reshape(source, (-1, source.shape[3]))  # (B * H" * W", C)
        found = xp.take(rows, _flat_index(source, x, y), axis=0)
        inside = both_inside(x.inside, y.inside)
        if inside is None:
            return found
        return xp.where(inside[..., None], found, self.padding.outside(source))


def _blend(pixels: Iterable[Iterable[Array]], across: list[Array], down: list[Array]) -> Array:
    """Return the weighted sum of rows of pixels (B, H', W', C); the weights are (B, H', W')."""
    return sum(
        b[..., None] * sum(a[..., None] * pixel for a, pixel in zip(across, row, strict=True))
        for b, row in zip(down, pixels, strict=True)
    )


def _flat_index(source: Array, x: Tap, y: Tap) -> Array:
    """Return the flat index of the pixels at column x and row y of each map, int32, (B, H', W')."""
    xp = array_namespace(source, x.index)
    batch, height, width = xp.shape(source)[:3]
    first = xp.reshape(xp.arange(batch, dtype="int32"), (-1, 1, 1)) * (height * width)
    return first + y.index * width + x.index


def _masked(values: Array, x: Tap, y: Tap) -> Array:
    """Return ``values`` (B, H', W', C), replaced by 0 where a tap is outside U."""
    inside = both_inside(x.inside, y.inside)
    if inside is None:
        return values
    return array_namespace(values).where(inside[..., None], values, 0.0)


def both_inside(x: Array | None, y: Array | None) -> Array | None:
    """Return x & y, (B, H', W'), of the `inside` of two taps; None if both are None."""
    if x is None or y is None:
        return y if x is None else x
    return x & y
