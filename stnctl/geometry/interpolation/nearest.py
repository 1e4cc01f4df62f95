"""Nearest-neighbor interpolation (paper, eq. 4)."""

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.padding import Padding


class Nearest(Interpolation):
    """The value of the nearest pixel (paper, eq. 4).

    For a point halfway between two pixels, the pixel with the even index is read, as in PyTorch. V
    is a step function of the grid, so its gradient with respect to the grid and to theta is zero.
    """

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return one tap for each point of x, (B, H', W'); see the base class."""
        xp = array_namespace(x)
        pixel, _ = split(xp.round(x), size)
        return [placed(pixel, xp.ones_like(x), xp.zeros_like(x), size, padding)]
