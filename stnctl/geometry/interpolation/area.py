"""Area interpolation: averages of U prevent aliasing where V zooms out."""

from dataclasses import replace

import numpy as np

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, rounding, split
from stnctl.geometry.namespace import Array, array_namespace, cast, constant
from stnctl.geometry.padding import Padding


class Area(Interpolation):
    """Bilinear interpolation where V zooms in, and averages of U where V zooms out.

    The paper (section 3.4) mentions the aliasing of a small kernel under strong zoom-out. Here,
    `prefilter` averages U in advance, on each axis separately: a pixel of level k is the average of
    2^k pixels, and level 0 is U (a rip-map, after L. Williams, "Pyramidal parametrics", 1983).

    The footprint of a point on an axis is the number of pixels of U per pixel of V. It is the root
    of the sum of two squares: the distances on this axis to the next points of the grid, in the
    same row and in the same column. So it stays 1 under rotation. `taps` interpolates linearly in
    two levels: the coarsest level with 2^k at most the footprint, and the next coarser level. It
    blends the two by log2 of the footprint. The gradient treats the footprint as a constant.

    Averages that extend beyond U include the padding: zeros, the value, or the outermost pixel.
    With "reflection", each level is mirrored at its own edges. Near the edges, this differs from
    averages of the mirrored U.
    """

    prefilters = True
    pointwise = False

    def prefilter(self, U: Array, padding: Padding) -> Array:
        """Return all levels, concatenated on both axes, (B, ~2 H, ~2 W, C), of U (B, H, W, C)."""
        xp = array_namespace(U)
        for axis in (1, 2):
            U = xp.concatenate(_averages(U, axis, padding), axis=axis)
        return U

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return four taps for x (B, H', W'), two in each of two levels; see the base class."""
        level, blend = _levels(_footprint(x), size)
        place, direction = padding.fold(x, size)
        finer = _read(place, level, 1 - blend, size, padding)
        taps = finer + _read(place, level + 1, blend, size, padding)
        return [replace(tap, slope=direction * tap.slope) for tap in taps]


def level_sizes(size: int) -> list[int]:
    """Return the number of pixels of an axis at each level, down to one pixel."""
    return [-(-size // 2**level) for level in range(1 + (size - 1).bit_length())]


def _averages(U: Array, axis: int, padding: Padding) -> list[Array]:
    """Return the levels of U (B, H, W, C) along an axis, from level 0, each with its `_rim`."""
    levels = [U]
    for _ in level_sizes(U.shape[axis])[1:]:
        source = U if _rim(padding) else levels[-1]
        levels.append(_halved(levels[-1], _beyond(source, axis, padding)[1], axis))
    if not _rim(padding):
        return levels
    before, after = _beyond(U, axis, padding)
    xp = array_namespace(U)
    return [xp.concatenate([before, level, after], axis=axis) for level in levels]


def _beyond(U: Array, axis: int, padding: Padding) -> list[Array]:
    """Return the padding next to U (B, H, W, C) on an axis: one pixel before U, one after U."""
    return [padding.pixels(U, axis, np.array([place])) for place in (-1, U.shape[axis])]


def _rim(padding: Padding) -> int:
    """Return the number of pixels of padding to keep at each end of a level.

    It is 1 for "border": the value outside is the outermost pixel of U, not the outermost average.
    """
    return 1 if padding.mode == "border" else 0


def _halved(level: Array, after: Array, axis: int) -> Array:
    """Return the averages of pairs of pixels along an axis; ``after`` completes the last pair."""
    xp = array_namespace(level)
    if level.shape[axis] % 2:
        level = xp.concatenate([level, after], axis=axis)
    shape = [-1, *level.shape[1:]]
    shape[axis : axis + 1] = [level.shape[axis] // 2, 2]
    return xp.mean(xp.reshape(level, shape), axis=axis + 1)


def _footprint(x: Array) -> Array:
    """Return the number of pixels of U per pixel of V on the axis of x, (B, H', W')."""
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
    """Return the finer level to read, int32, and the weight of the next coarser one, in [0, 1]."""
    xp = array_namespace(footprint)
    known = xp.where(footprint == footprint, footprint, xp.ones_like(footprint))
    last = len(level_sizes(size)) - 1
    level = xp.log2(xp.clip(known - rounding(size, footprint), 1.0, float(2**last)))
    finer = xp.clip(xp.floor(level), 0.0, float(max(last - 1, 0)))
    return cast(finer, "int32"), level - finer


def _read(x: Array, level: Array, share: Array, size: int, padding: Padding) -> list[Tap]:
    """Return the two taps of x in a level, (B, H', W') each, with weights that sum to ``share``."""
    xp = array_namespace(x)
    rim = _rim(padding)
    # An axis of one pixel has one level only; the coarser one has weight 0.
    sizes = [n + 2 * rim for n in (*level_sizes(size), 1)]
    starts = np.cumsum([0, *sizes[:-2], 0])
    width = xp.take(constant(2.0 ** np.arange(len(sizes)), like=x), level)
    length, start = (xp.take(constant(np.asarray(n), like=level), level) for n in (sizes, starts))
    below, fraction = split((x + 0.5) / width - 0.5, size)
    first = below + rim
    taps = [
        placed(first, share * (1 - fraction), -share / width, length, padding),
        placed(first + 1, share * fraction, share / width, length, padding),
    ]
    return [Tap(start + tap.index, tap.inside, tap.weight, tap.slope) for tap in taps]
