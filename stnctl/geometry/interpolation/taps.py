"""Base class of the interpolations, and the taps that they return."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, cast, dtype_name
from stnctl.geometry.padding import Padding

FARTHEST = 2**22
"""Distance from the map in pixels beyond which all points count as equally far."""


@dataclass(frozen=True)
class Tap:
    """One pixel of an axis for each point, with its weight.

    Attributes:
        index: The pixel's index, within the axis, int32, (B, H', W').
        inside: Whether the pixel is inside U, (B, H', W'); None if all are.
        weight: The pixel's weight in V, (B, H', W').
        slope: The derivative of the weight to the point's pixel coordinate, (B, H', W').
    """

    index: Array
    inside: Array | None
    weight: Array
    slope: Array


class Interpolation(ABC):
    """A separable interpolation between pixels. Stateless.

    V is the sum over the taps of both axes of weight · weight · pixel (paper, eq. 3).

    Attributes:
        prefilters: Whether the taps index a prefiltered map in the place of U.
        pointwise: Whether the taps of a point depend on no other point.
    """

    prefilters = False
    pointwise = True

    def prefilter(self, U: Array, padding: Padding) -> Array:
        """Return the map that the taps index, (B, H", W", C).

        Args:
            U: (B, H, W, C).
            padding: The rule outside U.
        """
        return U

    @abstractmethod
    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return the pixels of one axis to read for each point.

        Args:
            x: The points' pixel coordinate, (B, H', W'), float32 or float64, finite or not.
            size: Pixels of U on that axis.
            padding: The rule outside U.
        """


def split(x: Array, size: int) -> tuple[Array, Array]:
    """Split pixel coordinates into the pixel below and the fraction above it.

    Points within rounding of the lattice count as on it, so that V is U at the identity. Points
    that are not finite, or farther than `FARTHEST`, count as a lattice point far outside.

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
    """Return the largest rounding error of a pixel coordinate in the dtype of x (any shape)."""
    return 2 * size * float(np.finfo(dtype_name(x)).eps)


def placed(index: Array, weight: Array, slope: Array, size: int | Array, padding: Padding) -> Tap:
    """Return the tap of a pixel that may be outside the axis.

    Args:
        index: The pixel, int32, (B, H', W').
        weight: (B, H', W').
        slope: (B, H', W').
        size: Pixels of the axis, one number or (B, H', W').
        padding: The rule outside U.
    """
    return Tap(*padding.locate(index, size), weight, slope)
