"""The family of crops that the paper uses for attention."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Attention(AffineFamily):
    """One scale and a translation: [[s, 0, tx], [0, s, ty]], eq. 2 of the paper.

    theta is ``s tx ty``; the identity is ``1 0 0``. s = 0.5 looks at a quarter of U, round
    (tx, ty). The inverse is of the family too, but for s = 0.
    """

    parameters = ("s", "tx", "ty")
    bounds: Bounds = ((0.0, 2.0), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``1 0 0``, (3,)."""
        return np.array([1.0, 0.0, 0.0])

    def entries(self, theta: Array) -> Entries:
        """Return s, 0, tx, 0, s, ty, each (B,)."""
        s, tx, ty = (theta[:, k] for k in range(3))
        zero = array_namespace(theta).zeros_like(s)
        return s, zero, tx, zero, s, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``1/s -tx/s -ty/s``, (B, 3)."""
        s = theta[:, :1]
        return array_namespace(theta).concatenate([1 / s, -theta[:, 1:] / s], axis=-1)
