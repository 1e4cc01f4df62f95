"""The family of rigid motions."""

import math

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Rigid(AffineFamily):
    """Rotation and translation: [[cos, -sin, tx], [sin, cos, ty]], the article's rigid body.

    theta is ``angle tx ty``, the angle in radians; the identity is ``0 0 0``. The inverse is a
    rigid motion too.
    """

    parameters = ("angle", "tx", "ty")
    bounds: Bounds = ((-math.pi, math.pi), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return zeros, (3,)."""
        return np.zeros(3)

    def entries(self, theta: Array) -> Entries:
        """Return cos, -sin, tx, sin, cos, ty, each (B,)."""
        xp = array_namespace(theta)
        angle, tx, ty = (theta[:, k] for k in range(3))
        cos, sin = xp.cos(angle), xp.sin(angle)
        return cos, -sin, tx, sin, cos, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``-angle`` and the shift back, (B, 3)."""
        xp = array_namespace(theta)
        angle, tx, ty = (theta[:, k] for k in range(3))
        cos, sin = xp.cos(angle), xp.sin(angle)
        return xp.stack([-angle, -(cos * tx + sin * ty), sin * tx - cos * ty], axis=-1)
