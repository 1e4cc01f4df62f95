"""The family of boxes: scales of both axes, and a shift."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class ScaleTranslation(AffineFamily):
    """Two scales and a translation: [[sx, 0, tx], [0, sy, ty]].

    theta is ``sx sy tx ty``; the identity is ``1 1 0 0``. V is the box of U round (tx, ty) with
    the half sides sx and sy. The inverse is of the family too, but for a scale of 0.
    """

    parameters = ("sx", "sy", "tx", "ty")
    bounds: Bounds = ((0.0, 2.0), (0.0, 2.0), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``1 1 0 0``, (4,)."""
        return np.array([1.0, 1.0, 0.0, 0.0])

    def entries(self, theta: Array) -> Entries:
        """Return sx, 0, tx, 0, sy, ty, each (B,)."""
        sx, sy, tx, ty = (theta[:, k] for k in range(4))
        zero = array_namespace(theta).zeros_like(sx)
        return sx, zero, tx, zero, sy, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``1/sx 1/sy -tx/sx -ty/sy``, (B, 4)."""
        scales = theta[:, :2]
        return array_namespace(theta).concatenate([1 / scales, -theta[:, 2:] / scales], axis=-1)
