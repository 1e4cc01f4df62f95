"""Bilinear interpolation (paper, eq. 5)."""

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.padding import Padding


class Bilinear(Interpolation):
    """The two pixels round a point on each axis, weighted by nearness: eq. 5 of the paper.

    On the lattice, where the weights have a kink, the slope is the one to the right, as in
    PyTorch. (Read to the letter, eq. 7 leaves out the second pixel there.)
    """

    def taps(self, x: Array, size: int, surround: Padding) -> list[Tap]:
        """Return two taps, see the base class."""
        first, fraction = split(x, size)
        one = array_namespace(fraction).ones_like(fraction)
        return [
            placed(first, 1 - fraction, -one, size, surround),
            placed(first + 1, fraction, one, size, surround),
        ]
