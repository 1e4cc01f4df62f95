"""Nearest-neighbor interpolation (paper, eq. 4)."""

from stnctl.geometry.interpolation.kernel import Kernel
from stnctl.geometry.namespace import Array, array_namespace


class Nearest(Kernel):
    """The value of the nearest pixel (paper, eq. 4).

    For a point halfway between two pixels, the pixel with the even index is read, as in PyTorch. V
    is a step function of the grid, so its gradient with respect to the grid and to theta is zero.
    """

    def snapped(self, x: Array) -> Array:
        """Return the center of the nearest pixel for each point of x, (...)."""
        return array_namespace(x).round(x)

    def weights(self, t: Array) -> list[Array]:
        """Return 1 for the nearest pixel, (...)."""
        return [array_namespace(t).ones_like(t)]

    def slopes(self, t: Array) -> list[Array]:
        """Return 0, (...)."""
        return [array_namespace(t).zeros_like(t)]
