"""Base class of the interpolations of the pixels next to a point: nearest, bilinear, bicubic."""

from abc import abstractmethod

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array
from stnctl.geometry.padding import Padding


class Kernel(Interpolation):
    """An interpolation whose weights depend only on the position between two pixels.

    Attributes:
        first: Offset of the first tap from the pixel at or below the point; the others follow.
    """

    first = 0

    @abstractmethod
    def weights(self, t: Array) -> list[Array]:
        """Return the weights of the taps in their order, for the fraction t in [0, 1), (...)."""

    @abstractmethod
    def slopes(self, t: Array) -> list[Array]:
        """Return the derivatives of `weights` with respect to t, (...) each."""

    def snapped(self, x: Array) -> Array:
        """Return the points that are read in place of x, (...): x itself by default."""
        return x

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return the taps for each point of x, (B, H', W'); see the base class."""
        below, t = split(self.snapped(x), size)
        parts = zip(self.weights(t), self.slopes(t), strict=True)
        return [
            placed(below + offset, weight, slope, size, padding)
            for offset, (weight, slope) in enumerate(parts, start=self.first)
        ]
