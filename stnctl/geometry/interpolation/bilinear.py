"""Bilinear interpolation (paper, eq. 5)."""

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.padding import Padding


class Bilinear(Interpolation):
    """Linear interpolation between the two nearest pixels on each axis (paper, eq. 5).

    At a pixel center, the weights have a kink. Their slope there is the one towards larger
    coordinates, as in PyTorch. (Eq. 7, read literally, leaves out the second pixel there.)
    """

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return two taps for each point of x, (B, H', W'); see the base class."""
        first, fraction = split(x, size)
        one = array_namespace(fraction).ones_like(fraction)
        return [
            placed(first, 1 - fraction, -one, size, padding),
            placed(first + 1, fraction, one, size, padding),
        ]
