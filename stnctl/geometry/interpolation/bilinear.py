"""Bilinear interpolation (paper, eq. 5)."""

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.padding import Padding


class Bilinear(Interpolation):
    """The two pixels around a point on each axis, weighted by distance: eq. 5 of the paper.

    On the lattice, where the weights have a kink, the slope is the one to the right, as in
    PyTorch. (Read literally, eq. 7 leaves out the second pixel there.)
    """

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return two taps for each point of x, (B, H', W'), see the base class."""
        first, fraction = split(x, size)
        one = array_namespace(fraction).ones_like(fraction)
        return [
            placed(first, 1 - fraction, -one, size, padding),
            placed(first + 1, fraction, one, size, padding),
        ]
