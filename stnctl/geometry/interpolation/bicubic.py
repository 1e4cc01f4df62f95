"""Bicubic interpolation: cubic convolution."""

from dataclasses import dataclass

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array
from stnctl.geometry.padding import Padding


@dataclass(frozen=True)
class Bicubic(Interpolation):
    """Cubic convolution of four pixels on each axis.

    The interpolation overshoots: V may exceed the range of U.

    Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981; here with
    any slope a.

    Attributes:
        a: Slope of the kernel at a distance of one pixel. The default -0.75 is that of PyTorch and
            OpenCV. Keys and scikit-image use -0.5, which reproduces parabolas.
    """

    a: float = -0.75

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return four taps for each point of x, (B, H', W'); see the base class."""
        first, t = split(x, size)
        return [
            placed(first + offset, _polynomial(c, t), _slope(c, t), size, padding)
            for offset, c in zip((-1, 0, 1, 2), self._coefficients(), strict=True)
        ]

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
