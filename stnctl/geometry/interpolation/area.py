"""Averages over what a pixel of V covers on U, against aliasing."""

from dataclasses import replace

import numpy as np

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, rounding, split
from stnctl.geometry.namespace import Array, array_namespace, cast, constant
from stnctl.geometry.padding import Padding


class Area(Interpolation):
    """Bilinear where V zooms in; where it zooms out, averages as wide as the zoom.

    The paper (section 3.4) names the aliasing of a small kernel under strong zoom-out. Here U is
    averaged beforehand over 1, 2, 4, 8, ... pixels on each axis on its own (a rip-map, after
    L. Williams, "Pyramidal parametrics", 1983), and a point blends the two averages next to its
    footprint. That is the root of the squared steps of the grid, along both its axes, to the next
    point: so it stays 1 under rotation. Its own gradient is left out, as a step of sampling.

    Averages that reach beyond U take in what lies there: zeros, the value, or the outermost pixel.
    Of "reflection" it is the averages that are mirrored, which differs near the edges.
    """

    prepares = True
    pointwise = False

    def prepare(self, U: Array, surround: Padding) -> Array:
        """Return all averages side by side, (B, ~2 H, ~2 W, C), of U (B, H, W, C)."""
        xp = array_namespace(U)
        for axis in (1, 2):
            U = xp.concatenate(_averages(U, axis, surround), axis=axis)
        return U

    def taps(self, x: Array, size: int, surround: Padding) -> list[Tap]:
        """Return four taps, two of each average, see the base class."""
        level, blend = _levels(_footprint(x), size)
        place, direction = surround.fold(x, size)
        finer = _read(place, level, 1 - blend, size, surround)
        taps = finer + _read(place, level + 1, blend, size, surround)
        return [replace(tap, slope=direction * tap.slope) for tap in taps]


def _sizes(size: int) -> list[int]:
    """Return the pixels of an axis at each level, down to one."""
    return [-(-size // 2**level) for level in range(1 + (size - 1).bit_length())]


def _averages(U: Array, axis: int, surround: Padding) -> list[Array]:
    """Return the averages along an axis, level by level, each with its rim."""
    levels = [U]
    for _ in _sizes(U.shape[axis])[1:]:
        source = U if _rim(surround) else levels[-1]
        levels.append(_halved(levels[-1], _beyond(source, axis, surround)[1], axis))
    if not _rim(surround):
        return levels
    before, after = _beyond(U, axis, surround)
    xp = array_namespace(U)
    return [xp.concatenate([before, level, after], axis=axis) for level in levels]


def _beyond(U: Array, axis: int, surround: Padding) -> list[Array]:
    """Return what lies next to a map on an axis, one pixel before it and one after it."""
    return [surround.pixels(U, axis, np.array([place])) for place in (-1, U.shape[axis])]


def _rim(surround: Padding) -> int:
    """Return how many averages of what lies outside are kept at each end.

    One where that is the outermost pixel: it is not the outermost average.
    """
    return 1 if surround.padding == "border" else 0


def _halved(level: Array, after: Array, axis: int) -> Array:
    """Return the averages of pairs along an axis; ``after`` makes up a pair of the last one."""
    xp = array_namespace(level)
    if level.shape[axis] % 2:
        level = xp.concatenate([level, after], axis=axis)
    shape = [-1, *level.shape[1:]]
    shape[axis : axis + 1] = [level.shape[axis] // 2, 2]
    return xp.mean(xp.reshape(level, shape), axis=axis + 1)


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


def _read(x: Array, level: Array, share: Array, size: int, surround: Padding) -> list[Tap]:
    """Return the two taps of an average over 2^level pixels, (B, H', W') each."""
    xp = array_namespace(x)
    rim = _rim(surround)
    # Of one pixel there is but one level: its coarser one has no share.
    sizes = [n + 2 * rim for n in (*_sizes(size), 1)]
    starts = np.cumsum([0, *sizes[:-2], 0])
    width = xp.take(constant(2.0 ** np.arange(len(sizes)), like=x), level)
    length, start = (xp.take(constant(np.asarray(n), like=level), level) for n in (sizes, starts))
    below, fraction = split((x + 0.5) / width - 0.5, size)
    first = below + rim
    taps = [
        placed(first, share * (1 - fraction), -share / width, length, surround),
        placed(first + 1, share * fraction, share / width, length, surround),
    ]
    return [Tap(start + tap.index, tap.inside, tap.weight, tap.slope) for tap in taps]
