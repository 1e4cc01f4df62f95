"""B-spline interpolation, quadratic and cubic, with its prefilter."""

from dataclasses import dataclass

import numpy as np

from stnctl.geometry.interpolation.taps import Interpolation, Tap, placed, split
from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.padding import Padding

MARGIN = 20
"""Number of coefficients to keep on each side of U.

Farther outside, the spline oscillates by less than 0.27^20 < 1e-11.
"""

SHIFTS = (1, 2, 4, 8, 16)
"""Shifts k, in pixels, of the factors of the recursive filter 1 / (1 - z S).

z is the pole of the filter, S the shift by one pixel. The filter is the product of 1 + z^k S^k over
these k, up to an error of z^32 < 1e-18.
"""

REACH = sum(SHIFTS) + 1
"""Number of pixels on each side of an axis that the filter needs."""


@dataclass(frozen=True)
class BSpline(Interpolation):
    """B-spline interpolation of degree 2 or 3: smooth, and sharper than bilinear.

    The spline passes through all pixels, as in SciPy's `map_coordinates` of order 2 and 3. It
    overshoots: V may exceed the range of U.

    Source: M. Unser, "Splines: a perfect fit for signal and image processing", 1999.

    Attributes:
        degree: 2 or 3.
    """

    degree: int
    prefilters = True

    def __post_init__(self) -> None:
        """Reject other degrees."""
        if self.degree not in _PIECES:
            raise ValueError(f"degree must be 2 or 3, got {self.degree}")

    def prefilter(self, U: Array, padding: Padding) -> Array:
        """Return the coefficients of the spline, (B, H", W", C), for U (B, H, W, C)."""
        margin = self._margin(padding)
        for axis in (1, 2):
            extended = padding.extend(U, axis, margin + REACH, margin + REACH)
            U = self._filter(extended, axis)
        return U

    def taps(self, x: Array, size: int, padding: Padding) -> list[Tap]:
        """Return degree + 1 taps for each point of x, (B, H', W'); see the base class."""
        margin = self._margin(padding)
        half = 0.5 if self.degree == 2 else 0.0
        first, fraction = split(x + half, size)
        return [
            placed(first + offset + margin, weight, slope, size + 2 * margin, padding)
            for offset, (weight, slope) in enumerate(_PIECES[self.degree](fraction), start=-1)
        ]

    def _margin(self, padding: Padding) -> int:
        """Return the number of coefficients to keep on each side; 0 for "reflection".

        With "reflection", the coefficients are mirrored in the same way as U.
        """
        return 0 if padding.mode == "reflection" else MARGIN

    def _filter(self, U: Array, axis: int) -> Array:
        """Return the coefficients along an axis, without the outer `REACH` pixels at each end."""
        pole = float(np.sqrt(3) - 2 if self.degree == 3 else np.sqrt(8) - 3)
        for shift in SHIFTS:
            U = U + pole**shift * _shifted(U, axis, shift)
        for shift in SHIFTS:
            U = U + pole**shift * _shifted(U, axis, -shift)
        inner = _part(U, axis, REACH, U.shape[axis] - REACH)
        return inner * (1 - pole) ** 2  # constants stay constant


def _shifted(U: Array, axis: int, shift: int) -> Array:
    """Return U (B, H, W, C) shifted by ``shift`` pixels along an axis, filled with zeros."""
    xp = array_namespace(U)
    length = U.shape[axis]
    pads = [(0, 0)] * 4
    pads[axis] = (max(shift, 0), max(-shift, 0))
    return _part(xp.pad(U, pads), axis, max(-shift, 0), max(-shift, 0) + length)


def _part(U: Array, axis: int, start: int, stop: int) -> Array:
    return U[:, start:stop] if axis == 1 else U[:, :, start:stop]


def _quadratic(t: Array) -> list[tuple[Array, Array]]:
    """Return weight and slope of three pixels; t = 0 is half a pixel before the middle one."""
    return [
        ((1 - t) ** 2 / 2, t - 1),
        (0.75 - (t - 0.5) ** 2, 1 - 2 * t),
        (t**2 / 2, t),
    ]


def _cubic(t: Array) -> list[tuple[Array, Array]]:
    """Return weight and slope of four pixels; t = 0 is at the second."""
    s = 1 - t
    return [
        (s**3 / 6, -(s**2) / 2),
        ((4 + t**2 * (3 * t - 6)) / 6, t * (3 * t - 4) / 2),
        ((4 + s**2 * (3 * s - 6)) / 6, -s * (3 * s - 4) / 2),
        (t**3 / 6, t**2 / 2),
    ]


_PIECES = {2: _quadratic, 3: _cubic}

QUADRATIC = BSpline(2)
CUBIC = BSpline(3)
