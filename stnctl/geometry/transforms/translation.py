"""Translation transform."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Translation(AffineFamily):
    """A translation in x and y.

    theta is ``tx ty``, in normalized coordinates (1 is half the width or height of U). With
    tx = 0.5, V shows U further to the right.

    Formula:
        x_s = x_t + tx
        y_s = y_t + ty

    Inverse:
        tx' = -tx
        ty' = -ty

    When to use it:
        Upright objects of one size, at any position. The transform can neither scale nor rotate, so
        the network can learn nothing but positions.

    Example:
        stnctl warp square --transform translation --theta 0.25 0.25
    """

    parameters = ("tx", "ty")
    bounds: Bounds = ((-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``0 0``, (2,)."""
        return np.zeros(2)

    def entries(self, theta: Array) -> Entries:
        """Return 1, 0, tx, 0, 1, ty, each (B,), for theta (B, 2)."""
        xp = array_namespace(theta)
        tx, ty = theta[:, 0], theta[:, 1]
        zero, one = xp.zeros_like(tx), xp.ones_like(tx)
        return one, zero, tx, zero, one, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``-tx -ty``, (B, 2), for theta (B, 2)."""
        return -theta
