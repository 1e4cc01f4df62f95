"""The nearest pixel (paper, eq. 4)."""

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.padding import Padding


class Nearest(Interpolation):
    """The pixel that a point lies on: eq. 4 of the paper. Halfway, the even one, as in PyTorch.

    V is a step function of the grid, so its gradient to the grid, and to theta, is zero.
    """

    def taps(self, x: Array, size: int, surround: Padding) -> list[Tap]:
        """Return one tap, see the base class."""
        xp = array_namespace(x)
        pixel, _ = split(xp.round(x), size)
        return [placed(pixel, xp.ones_like(x), xp.zeros_like(x), size, surround)]
