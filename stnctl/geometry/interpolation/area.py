"""Averages over what a pixel of V covers on U, against aliasing."""

import numpy as np

from stnctl.geometry._namespace import Array, array_namespace, cast, constant
from stnctl.geometry.interpolation.base import Interpolation, Tap, placed, rounding, split
from stnctl.geometry.surround import Surround


class Area(Interpolation):
    """Bilinear where V zooms in; where it zooms out, averages as wide as the zoom.

    The paper (section 3.4) names the aliasing of a small kernel under strong zoom-out. Here U is
    averaged beforehand over 1, 2, 4, 8, ... pixels on each axis on its own (a rip-map, after
    L. Williams, "Pyramidal parametrics", 1983), and a point blends the two averages next to its
    footprint. That is the root of the squared steps of the grid, along both its axes, to the next
    point: so it stays 1 under rotation. Its own gradient is left out, as a step of sampling.
    """

    prepares = True
    pointwise = False

    def prepare(self, U: Array, surround: Surround) -> Array:
        """Return all averages side by side, (B, ~2 H, ~2 W, C), of U (B, H, W, C)."""
        xp = array_namespace(U)
        for axis in (1, 2):
            levels = [U]
            for size in _sizes(U.shape[axis])[1:]:
                levels.append(_halved(levels[-1], axis, size, surround))
            U = xp.concatenate(levels, axis=axis)
        return U

    def taps(self, x: Array, size: int, surround: Surround) -> list[Tap]:
        """Return four taps, two of each average, see the base class."""
        level, blend = _levels(_footprint(x), size)
        finer = _read(x, level, 1 - blend, size, surround)
        return finer + _read(x, level + 1, blend, size, surround)


def _sizes(size: int) -> list[int]:
    """Return the pixels of an axis at each level, down to one."""
    return [-(-size // 2**level) for level in range(1 + (size - 1).bit_length())]


def _halved(U: Array, axis: int, size: int, surround: Surround) -> Array:
    """Return the averages of pairs of pixels along an axis: ``size`` of them."""
    xp = array_namespace(U)
    even = surround.extend(U, axis, 0, 2 * size - U.shape[axis])
    shape = [-1, *even.shape[1:]]
    shape[axis : axis + 1] = [size, 2]
    return xp.mean(xp.reshape(even, shape), axis=axis + 1)


def _footprint(x: Array) -> Array:
    """Return how many pixels of U each pixel of V covers along an axis, (B, H', W')."""
    xp = array_namespace(x)
    squares = xp.zeros_like(x)
    if x.shape[1] > 1:
        step = x[:, 1:] - x[:, :-1]
        squares = squares + xp.concatenate([step, step[:, -1:]], axis=1) ** 2
    if x.shape[2] > 1:
        step = x[:, :, 1:] - x[:, :, :-1]
        squares = squares + xp.concatenate([step, step[:, :, -1:]], axis=2) ** 2
    return xp.sqrt(squares)


def _levels(footprint: Array, size: int) -> tuple[Array, Array]:
    """Return the finer of two levels, int32, and the share of the coarser one, in [0, 1]."""
    xp = array_namespace(footprint)
    known = xp.where(footprint == footprint, footprint, xp.ones_like(footprint))
    last = len(_sizes(size)) - 1
    level = xp.log2(xp.clip(known - rounding(size, footprint), 1.0, float(2**last)))
    finer = xp.clip(xp.floor(level), 0.0, float(max(last - 1, 0)))
    return cast(finer, "int32"), level - finer


def _read(x: Array, level: Array, share: Array, size: int, surround: Surround) -> list[Tap]:
    """Return the two taps of an average over 2^level pixels, (B, H', W') each."""
    xp = array_namespace(x)
    sizes = [*_sizes(size), 1]  # of one pixel there is but one level: its coarser one has no share
    starts = np.cumsum([0, *sizes[:-2], 0])
    width = xp.take(constant(2.0 ** np.arange(len(sizes)), like=x), level)
    length, start = (xp.take(constant(np.asarray(n), like=level), level) for n in (sizes, starts))
    first, fraction = split((x + 0.5) / width - 0.5, size)
    taps = [
        placed(first, share * (1 - fraction), -share / width, length, surround),
        placed(first + 1, share * fraction, share / width, length, surround),
    ]
    return [Tap(start + tap.index, tap.inside, tap.weight, tap.slope) for tap in taps]
