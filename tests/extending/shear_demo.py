"""A family that the package does not have: shears of both axes."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class ShearDemo(AffineFamily):
    """A shear of each axis.

    theta is ``kx ky``.

    Formula:
        x_s = x_t + kx·y_t
        y_s = ky·x_t + y_t

    Inverse:
        Not in the family: the inverse of two shears also scales.

    When to use it:
        Slanted handwriting.
    """

    parameters = ("kx", "ky")
    bounds: Bounds = ((-1.0, 1.0), (-1.0, 1.0))
    invertible = False

    def identity(self) -> np.ndarray:
        """Return ``0 0``, (2,)."""
        return np.zeros(2)

    def entries(self, theta: Array) -> Entries:
        """Return 1, kx, 0, ky, 1, 0, each (B,), for theta (B, 2)."""
        xp = array_namespace(theta)
        kx, ky = theta[:, 0], theta[:, 1]
        zero, one = xp.zeros_like(kx), xp.ones_like(kx)
        return one, kx, zero, ky, one, zero
