"""Padding: the values of the pixels outside U."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant, known_everywhere
from stnctl.geometry.registries import PADDINGS

Located = tuple[Array, Array | None]
"""Indices within the axis, and whether they are inside U; None if all indices are inside."""

Locate = Callable[[Array, int | Array, bool], Located]
"""Function of index, size and ``align_corners``, as in `Padding.locate`."""


@dataclass(frozen=True)
class Padding:
    """The rule that extends a map beyond its edges.

    Attributes:
        mode: A key of `PADDINGS`.
        fill_value: The value outside U for "value": one number for all channels, or one for each.
        align_corners: Whether "reflection" mirrors at the centers (True) or at the outer edges
            (False) of the outermost pixels.
    """

    mode: str = "zeros"
    fill_value: float | tuple[float, ...] = 0.0
    align_corners: bool = True

    @cached_property
    def _rule(self) -> Locate:
        return PADDINGS[self.mode]

    def locate(self, index: Array, size: int | Array) -> Located:
        """Return the index of the pixel to read, for each ``index`` inside or outside an axis.

        Args:
            index: (...), int32.
            size: Number of pixels of the axis, at least 1: one number, or (...) as ``index``.

        Returns:
            Indices within the axis, (...), and whether each ``index`` counts as inside U, (...);
            None if all count as inside.
        """
        return self._rule(index, size, self.align_corners)

    def extend(self, U: Array, axis: int, before: int, after: int) -> Array:
        """Return U with more pixels on an axis, with the values of this padding.

        Args:
            U: (B, H, W, C).
            axis: 1 or 2.
            before: Number of pixels to add at the start of the axis.
            after: Number of pixels to add at the end of the axis.
        """
        return self.pixels(U, axis, np.arange(-before, U.shape[axis] + after))

    def pixels(self, U: Array, axis: int, index: np.ndarray) -> Array:
        """Return the pixels of U (B, H, W, C) at ``index`` (n,) of an ``axis``, 1 or 2.

        An index outside U gives the value of this padding.
        """
        xp = array_namespace(U)
        places, inside = self.locate(index, U.shape[axis])
        found = xp.take(U, places, axis=axis)
        if inside is None:
            return found
        inside = np.reshape(inside, (-1, 1, 1) if axis == 1 else (-1, 1))
        return xp.where(inside, found, self.outside(U))

    def fold(self, x: Array, size: int) -> tuple[Array, Array]:
        """Return points mirrored into the axis, and the derivative of each result by x, 1 or -1.

        Only "reflection" mirrors points; other paddings return x unchanged, with derivative 1.
        `locate` takes whole pixels, `fold` takes any points. Both results have the shape and dtype
        of x.

        Args:
            x: (...), pixel coordinates on the axis.
            size: Number of pixels of the axis.
        """
        xp = array_namespace(x)
        one = xp.ones_like(x)
        if self.mode != "reflection":
            return x, one
        first, span = (0.0, size - 1) if self.align_corners else (-0.5, size)
        within = (x - first) % max(2 * span, 1)
        ahead = within <= span
        return first + xp.where(ahead, within, 2 * span - within), xp.where(ahead, one, -one)

    def outside(self, like: Array) -> Array:
        """Return the value outside U, () or (C,), in the dtype of ``like`` (...)."""
        return constant(np.asarray(self.fill_value if self.mode == "value" else 0.0), like)


def inside_only(index: Array, size: int | Array, align_corners: bool) -> Located:
    """Return each index (...), clipped to the axis, and whether it was inside, (...).

    If all indices are known to be inside, the second result is None.

    Arguments as in `Padding.locate`; ``align_corners`` has no effect.
    """
    inside = (index >= 0) & (index < size)
    if known_everywhere(inside):
        return index, None
    return array_namespace(index).clip(index, 0, size - 1), inside


def nearest_edge(index: Array, size: int | Array, align_corners: bool) -> Located:
    """Return the nearest pixel of the axis for each index (...); all count as inside.

    Arguments as in `Padding.locate`; ``align_corners`` has no effect.
    """
    return array_namespace(index).clip(index, 0, size - 1), None


def reflected(index: Array, size: int | Array, align_corners: bool) -> Located:
    """Return each index (...) mirrored into the axis; all count as inside.

    For size 3, the indices -2 to 4 become ``2 1 | 0 1 2 | 1 0`` with ``align_corners=True``, and
    ``1 0 | 0 1 2 | 2 1`` with False. The bars mark the edges of U.

    Arguments as in `Padding.locate`.
    """
    xp = array_namespace(index)
    last = size - 1
    period = xp.maximum(2 * last, xp.ones_like(index)) if align_corners else 2 * size
    within = index % period
    return xp.where(within <= last, within, 2 * last + (not align_corners) - within), None
