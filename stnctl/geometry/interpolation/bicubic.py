"""Bicubic interpolation: cubic convolution."""

from dataclasses import dataclass

from stnctl.geometry.interpolation.kernel import Kernel
from stnctl.geometry.namespace import Array


@dataclass(frozen=True)
class Bicubic(Kernel):
    """Cubic convolution of four pixels on each axis.

    The interpolation overshoots: V may exceed the range of U.

    Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981; here with
    any slope a.

    Attributes:
        a: Slope of the kernel at a distance of one pixel. The default -0.75 is that of PyTorch and
            OpenCV. Keys and scikit-image use -0.5, which reproduces parabolas.
    """

    a: float = -0.75
    first = -1

    def weights(self, t: Array) -> list[Array]:
        """Return the weights of four pixels for t (...); see the base class."""
        return [_polynomial(c, t) for c in self._coefficients()]

    def slopes(self, t: Array) -> list[Array]:
        """Return the derivatives of the weights, (...) each."""
        return [_slope(c, t) for c in self._coefficients()]

    def _coefficients(self) -> tuple[tuple[float, float, float, float], ...]:
        """Return the coefficients of 1, t, t^2, t^3 of each pixel's weight; t is the fraction."""
        a = self.a
        return (
            (0, a, -2 * a, a),
            (1, 0, -(a + 3), a + 2),
            (0, -a, 2 * a + 3, -(a + 2)),
            (0, 0, a, -a),
        )


def _polynomial(c: tuple[float, float, float, float], t: Array) -> Array:
    return ((c[3] * t + c[2]) * t + c[1]) * t + c[0]


def _slope(c: tuple[float, float, float, float], t: Array) -> Array:
    return (3 * c[3] * t + 2 * c[2]) * t + c[1]
