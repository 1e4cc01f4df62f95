"""The family of similarities."""

import math

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Similarity(AffineFamily):
    """Rotation, one scale, translation: [[s cos, -s sin, tx], [s sin, s cos, ty]].

    theta is ``s angle tx ty``, the angle in radians; the identity is ``1 0 0 0``. s = 0.5 zooms
    in. The inverse is a similarity too, but for s = 0.
    """

    parameters = ("s", "angle", "tx", "ty")
    bounds: Bounds = ((0.0, 2.0), (-math.pi, math.pi), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``1 0 0 0``, (4,)."""
        return np.array([1.0, 0.0, 0.0, 0.0])

    def entries(self, theta: Array) -> Entries:
        """Return s cos, -s sin, tx, s sin, s cos, ty, each (B,)."""
        xp = array_namespace(theta)
        s, angle, tx, ty = (theta[:, k] for k in range(4))
        cos, sin = s * xp.cos(angle), s * xp.sin(angle)
        return cos, -sin, tx, sin, cos, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``1/s -angle`` and the shift back, (B, 4)."""
        xp = array_namespace(theta)
        s, angle, tx, ty = (theta[:, k] for k in range(4))
        cos, sin = xp.cos(angle) / s, xp.sin(angle) / s
        return xp.stack([1 / s, -angle, -(cos * tx + sin * ty), sin * tx - cos * ty], axis=-1)
