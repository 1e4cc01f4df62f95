"""Bilinear interpolation (paper, eq. 5)."""

from stnctl.geometry.interpolation.kernel import Kernel
from stnctl.geometry.namespace import Array, array_namespace


class Bilinear(Kernel):
    """Linear interpolation between the two nearest pixels on each axis (paper, eq. 5).

    At a pixel center, the weights have a kink. Their slope there is the one towards larger
    coordinates, as in PyTorch. (Eq. 7, read literally, leaves out the second pixel there.)
    """

    def weights(self, t: Array) -> list[Array]:
        """Return the weights of two pixels for t (...); see the base class."""
        return [1 - t, t]

    def slopes(self, t: Array) -> list[Array]:
        """Return -1 and 1, (...) each."""
        one = array_namespace(t).ones_like(t)
        return [-one, one]
