"""What every way to read between pixels offers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, cast, dtype_name
from stnctl.geometry.padding import Padding

FARTHEST = 2**22
"""Pixels from the map beyond which all points count as equally far."""


@dataclass(frozen=True)
class Tap:
    """One pixel of an axis, for each of the points, and its share of what is read there.

    Attributes:
        index: Its place on the axis, within it, int32, (B, H', W').
        inside: Whether it is a pixel of U, (B, H', W'); None if all are.
        weight: Its share, (B, H', W').
        slope: The derivative of the weight to the point's pixel coordinate, (B, H', W').
    """

    index: Array
    inside: Array | None
    weight: Array
    slope: Array


class Interpolation(ABC):
    """A separable way to read between pixels. Stateless.

    V is the sum over the taps of both axes of weight · weight · pixel (paper, eq. 3).

    Attributes:
        prepares: Whether the taps index another map than U.
        pointwise: Whether the taps of a point depend on no other point.
    """

    prepares = False
    pointwise = True

    def prepare(self, U: Array, surround: Padding) -> Array:
        """Return the map that the taps index, (B, H", W", C), of U (B, H, W, C)."""
        return U

    @abstractmethod
    def taps(self, x: Array, size: int, surround: Padding) -> list[Tap]:
        """Return the pixels of one axis to read for each point.

        Args:
            x: The points' pixel coordinate, (B, H', W'), float32 or float64, finite or not.
            size: Pixels of U on that axis.
            surround: What lies outside U.
        """


def split(x: Array, size: int) -> tuple[Array, Array]:
    """Split pixel coordinates into the pixel below and the fraction above it.

    Points within rounding of the lattice count as on it, so that V is U at the identity. Points
    that are not finite, or farther than `FARTHEST`, lie on a lattice point far outside.

    Args:
        x: Any shape.
        size: Pixels of the axis.

    Returns:
        The pixel, int32, and the fraction in [0, 1), in the dtype of x; both in its shape.
    """
    xp = array_namespace(x)
    error = rounding(size, x)
    near = xp.where(x == x, xp.clip(x, -FARTHEST, FARTHEST), -FARTHEST)
    below = xp.floor(near + error)
    fraction = near - below
    between = fraction >= error
    return cast(below, "int32"), xp.where(between, fraction, xp.zeros_like(fraction))


def rounding(size: int, x: Array) -> float:
    """Return how far rounding may move a pixel coordinate on an axis, in the dtype of x."""
    return 2 * size * float(np.finfo(dtype_name(x)).eps)


def placed(index: Array, weight: Array, slope: Array, size: int | Array, surround: Padding) -> Tap:
    """Return the tap of a pixel that may lie outside the axis."""
    return Tap(*surround.locate(index, size), weight, slope)
