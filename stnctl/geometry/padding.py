"""What lies outside U: the rule that gives each pixel beyond its edges a value."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant

Located = tuple[Array, Array | None]
"""Where to read, within the axis; and whether that is inside, or None if it always is."""


@dataclass(frozen=True)
class Padding:
    """What lies outside a map.

    Attributes:
        padding: A key of `PADDINGS`.
        fill_value: What "value" reads outside, one for all channels or one for each.
        align_corners: Where "reflection" turns: at the centers of the outermost pixels (True),
            or at their outer edges (False).
    """

    padding: str = "zeros"
    fill_value: float | tuple[float, ...] = 0.0
    align_corners: bool = True

    def locate(self, index: Array, size: int | Array) -> Located:
        """Return where to read pixel ``index`` of an axis.

        Args:
            index: Any whole numbers, int32, any shape.
            size: Pixels of the axis, at least 1; of the shape of ``index``, or one for all.
        """
        return PADDINGS[self.padding](index, size, self.align_corners)

    def extend(self, U: Array, axis: int, before: int, after: int) -> Array:
        """Return U (B, H, W, C) with more pixels on an ``axis``, 1 or 2, as this rule has them."""
        return self.pixels(U, axis, np.arange(-before, U.shape[axis] + after))

    def pixels(self, U: Array, axis: int, index: np.ndarray) -> Array:
        """Return the pixels of U (B, H, W, C) at any ``index`` (n,) of an ``axis``, 1 or 2."""
        xp = array_namespace(U)
        places, inside = self.locate(index, U.shape[axis])
        found = xp.take(U, places, axis=axis)
        if inside is None:
            return found
        inside = np.reshape(inside, (-1, 1, 1) if axis == 1 else (-1, 1))
        return xp.where(inside, found, self.outside(U))

    def fold(self, x: Array, size: int) -> tuple[Array, Array]:
        """Return where on the axis pixel coordinates read, and -1 where they run backwards there.

        Other than `locate`, which finds pixels, this takes points; they stay as they are but for
        "reflection". Both results have the shape and dtype of x.
        """
        xp = array_namespace(x)
        one = xp.ones_like(x)
        if self.padding != "reflection":
            return x, one
        first, span = (0.0, size - 1) if self.align_corners else (-0.5, size)
        within = (x - first) % max(2 * span, 1)
        ahead = within <= span
        return first + xp.where(ahead, within, 2 * span - within), xp.where(ahead, one, -one)

    def outside(self, like: Array) -> Array:
        """Return what is read outside, () or (C,), in the dtype of ``like``."""
        return constant(np.asarray(self.fill_value if self.padding == "value" else 0.0), like)


def _inside_only(index: Array, size: int | Array, align_corners: bool) -> Located:
    xp = array_namespace(index)
    return xp.clip(index, 0, size - 1), (index >= 0) & (index < size)


def _nearest_edge(index: Array, size: int | Array, align_corners: bool) -> Located:
    return array_namespace(index).clip(index, 0, size - 1), None


def _reflected(index: Array, size: int | Array, align_corners: bool) -> Located:
    """Fold the axis: ``2 1 | 0 1 2 | 1 0`` about centers, ``1 0 | 0 1 2 | 2 1`` about edges."""
    xp = array_namespace(index)
    last = size - 1
    period = xp.maximum(2 * last, xp.ones_like(index)) if align_corners else 2 * size
    within = index % period
    return xp.where(within <= last, within, 2 * last + (not align_corners) - within), None


PADDINGS: dict[str, Callable[[Array, int | Array, bool], Located]] = {
    "zeros": _inside_only,
    "border": _nearest_edge,
    "reflection": _reflected,
    "value": _inside_only,
}
