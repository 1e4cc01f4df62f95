"""The family of shifts."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Translation(AffineFamily):
    """Shifts: (x_s, y_s) = (x_t + tx, y_t + ty).

    theta is ``tx ty``, in half sides of U; the identity is ``0 0``. tx = 0.5 looks to the right.
    The inverse shifts back.
    """

    parameters = ("tx", "ty")
    bounds: Bounds = ((-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return zeros, (2,)."""
        return np.zeros(2)

    def entries(self, theta: Array) -> Entries:
        """Return 1, 0, tx, 0, 1, ty, each (B,)."""
        xp = array_namespace(theta)
        tx, ty = theta[:, 0], theta[:, 1]
        zero, one = xp.zeros_like(tx), xp.ones_like(tx)
        return one, zero, tx, zero, one, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``-tx -ty``, (B, 2)."""
        return -theta
