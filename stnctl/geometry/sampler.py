"""The sampler: reads U at the points of a sampling grid (paper, section 3.3)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from stnctl.geometry.argument_checks import check_fill, check_grid, check_map
from stnctl.geometry.choice import choose
from stnctl.geometry.grid import axes_to_pixels, half_span
from stnctl.geometry.interpolation import INTERPOLATIONS, Interpolation
from stnctl.geometry.interpolation.taps import FARTHEST, Tap
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
from stnctl.geometry.padding import PADDINGS, Padding

Region = Callable[[Callable], Callable]


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

    Differentiable in U and in ``grid``; "nearest" has no slope, so its gradient to the grid is
    zero. On the pixel lattice, where bilinear sampling has a kink, the gradient is the one
    towards larger coordinates, on every backend. A point that is not finite lies far outside.

    Convention:
        Direction: the grid holds, for each pixel of V, the point of U to read (target -> source).
        Frame: normalized (x, y), x right, y down; ``align_corners`` as in `stnctl.geometry.grid`.
        Padding: what lies beyond the pixels of U, which is read as if U went on. "zeros",
        "border" and "reflection" are PyTorch's names; SciPy calls "zeros" and "value"
        grid-constant, "border" nearest, "reflection" mirror (``align_corners``) or reflect.

    Args:
        U: (B, H, W, C), floating.
        grid: (B, H', W', 2), floating.
        interpolation: A key of `INTERPOLATIONS`, or one of its kind, such as ``Bicubic(-0.5)``.
        padding: A key of `PADDINGS`, what lies outside U.
        fill_value: What "value" reads outside: one number, or one for each channel.
        align_corners: Whether -1 and 1 are the centers (True) or the outer edges (False) of the
            corner pixels.

    Returns:
        V of shape (B, H', W', C), in the dtype of U. In between, half precision is computed with
        as single.

    Raises:
        TypeError: If U or the grid is no array.
        ValueError: If a shape, a dtype or a choice is not one of the above.
    """
    check_map(U)
    check_grid(grid, U)
    check_fill(padding, fill_value, U.shape[3])
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
    """Return the sampler of maps of one size.

    Args:
        input_size: (H, W) of U.
        interpolation: As in `sample`.
        padding: As in `sample`.
        fill_value: As in `sample`.
        align_corners: As in `sample`.

    Raises:
        ValueError: If there is no such interpolation or padding.
    """
    if not isinstance(interpolation, Interpolation):
        interpolation = choose("interpolation", interpolation, INTERPOLATIONS)
    choose("padding", padding, PADDINGS)
    values = tuple(map(float, np.ravel(fill_value)))
    fill = values if np.ndim(fill_value) else values[0]
    return Sampler(input_size, interpolation, Padding(padding, fill, align_corners))


def _as_it_is(function: Callable) -> Callable:
    return function


@dataclass(frozen=True)
class Sampler:
    """Reads maps of one size; `sample` as parts that can be compiled each for itself.

    Attributes:
        input_size: (H, W) of U.
        interpolation: How to read between pixels.
        surround: What lies outside.
    """

    input_size: tuple[int, int]
    interpolation: Interpolation
    surround: Padding

    def __call__(self, U: Array, grid: Array, *, region: Region = _as_it_is) -> Array:
        """Return V, (B, H', W', C), in the dtype of U (B, H, W, C); grid is (B, H', W', 2).

        Args:
            U: The map.
            grid: Where to read it.
            region: Applied to each of the methods `prepare`, `read`, `slopes` and `spread`, and to
                `as_pairs`; such as a compiler. In a graph, nothing is spread where U needs no
                gradient.
        """

        def pull_back(dV: Array, ready: Array, grid: Array) -> tuple[Array, Array]:
            dgrid = region(as_pairs)(region(Sampler.slopes)(self, ready, grid, dV))
            return region(Sampler.spread)(self, ready, grid, dV), cast(dgrid, dtype_name(grid))

        def read(ready: Array, grid: Array) -> Array:
            return region(Sampler.read)(self, ready, grid)

        ready = precise(U)
        if self.interpolation.prepares:
            ready = region(Sampler.prepare)(self, ready)
        return cast(with_gradient(read, pull_back, ready, grid), dtype_name(U))

    def prepare(self, U: Array) -> Array:
        """Return the map that is indexed, (B, H", W", C); of most interpolations U itself."""
        return self.interpolation.prepare(U, self.surround)

    def read(self, ready: Array, grid: Array) -> Array:
        """Return V (B, H', W', C): eq. 3 of the paper.

        Args:
            ready: What `prepare` returned, (B, H", W", C).
            grid: (B, H', W', 2).
        """
        columns, rows = self._taps(grid, dtype_name(ready))
        pixels = ((self._pixels(ready, x, y) for x in columns) for y in rows)
        return _blend(pixels, [x.weight for x in columns], [y.weight for y in rows])

    def slopes(self, ready: Array, grid: Array, dV: Array) -> Array:
        """Return the gradient to the grid, for dV (B, H', W', C): eq. 7 of the paper.

        On a CPU, XLA computes each element of a result from scratch. As one complex number, both
        coordinates come from one reading of the pixels.

        Returns:
            Array of shape (B, H', W'), x + iy; see `as_pairs`.
        """
        xp = array_namespace(ready, grid)
        columns, rows = self._taps(grid, dtype_name(ready))
        pixels = [[self._pixels(ready, x, y) for x in columns] for y in rows]
        half = half_span(self.input_size, align_corners=self.surround.align_corners)
        across = ([x.slope for x in columns], [x.weight for x in columns])
        down = ([y.weight for y in rows], [y.slope for y in rows])
        dx, dy = (
            xp.sum(_blend(pixels, *shares) * dV, axis=-1) * float(pixels_to_one)
            for *shares, pixels_to_one in zip(across, down, half, strict=True)
        )
        return as_complex(dx, dy)

    def spread(self, ready: Array, grid: Array, dV: Array) -> Array:
        """Return the gradient to the map, (B, H", W", C), for dV (B, H', W', C): eq. 6."""
        xp = array_namespace(ready, grid)
        columns, rows = self._taps(grid, dtype_name(ready))
        pairs = list(product(columns, rows))
        index = [xp.reshape(_flat_index(ready, x, y), (-1,)) for x, y in pairs]
        shares = [_kept((x.weight * y.weight)[..., None] * dV, x, y, 0.0) for x, y in pairs]
        values = [xp.reshape(share, (-1, dV.shape[-1])) for share in shares]
        shape = xp.shape(ready)
        length = shape[0] * shape[1] * shape[2]
        total = add_at(xp.concatenate(index, axis=0), xp.concatenate(values, axis=0), length)
        return xp.reshape(total, shape)

    def _taps(self, grid: Array, dtype: str) -> tuple[list[Tap], list[Tap]]:
        """Return the taps of x and of y, with weights and slopes in ``dtype``."""
        align_corners = self.surround.align_corners
        height, width = self.input_size
        with np.errstate(invalid="ignore", over="ignore"):  # points may lie at infinity
            points = axes_to_pixels(precise(grid), self.input_size, align_corners=align_corners)
            columns, rows = (
                [self._shared(tap, x, dtype) for tap in self._read_axis(x, n)]
                for x, n in zip(points, (width, height), strict=True)
            )
        return columns, rows

    def _read_axis(self, x: Array, size: int) -> list[Tap]:
        return self.interpolation.taps(x, size, self.surround)

    def _shared(self, tap: Tap, x: Array, dtype: str) -> Tap:
        """Return the tap in ``dtype``, without slope far away, and among zeros without share."""
        xp = array_namespace(x)
        nothing = cast(xp.zeros_like(x), dtype)
        weight = cast(tap.weight, dtype)
        slope = xp.where(xp.abs(x) < FARTHEST, cast(tap.slope, dtype), nothing)  # not for NaN
        if self.surround.padding != "zeros":
            return replace(tap, weight=weight, slope=slope)
        weight, slope = (xp.where(tap.inside, part, nothing) for part in (weight, slope))
        return Tap(tap.index, None, weight, slope)

    def _pixels(self, ready: Array, x: Tap, y: Tap) -> Array:
        """Return the pixels that two taps meet in, (B, H', W', C)."""
        xp = array_namespace(ready, x.index)
        rows = xp.reshape(ready, (-1, ready.shape[3]))  # (B * H" * W", C)
        found = xp.take(rows, _flat_index(ready, x, y), axis=0)
        return _kept(found, x, y, self.surround.outside(ready))


def _blend(pixels: Iterable[Iterable[Array]], across: list[Array], down: list[Array]) -> Array:
    """Return the sum of pixels (B, H', W', C), in rows of columns, by their shares (B, H', W')."""
    return sum(
        b[..., None] * sum(a[..., None] * pixel for a, pixel in zip(across, row, strict=True))
        for b, row in zip(down, pixels, strict=True)
    )


def _flat_index(ready: Array, x: Tap, y: Tap) -> Array:
    """Return where two taps meet among all pixels of all maps, int32, (B, H', W')."""
    xp = array_namespace(ready, x.index)
    batch, height, width = xp.shape(ready)[:3]
    first = xp.reshape(xp.arange(batch, dtype="int32"), (-1, 1, 1)) * (height * width)
    return first + y.index * width + x.index


def _kept(values: Array, x: Tap, y: Tap, outside: Array | float) -> Array:
    """Return ``values`` (B, H', W', C), with ``outside`` in the place of those that lie there."""
    if x.inside is None:
        return values
    return array_namespace(values).where((x.inside & y.inside)[..., None], values, outside)
