"""The family of rotations about the center."""

import math

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Rotation(AffineFamily):
    """Rotations: the matrix is [[cos, -sin, 0], [sin, cos, 0]] of the angle.

    theta is ``angle`` in radians; the identity is ``0``. The points turn clockwise on U for a
    positive angle, so that the picture turns counterclockwise. The inverse is ``-angle``.
    """

    parameters = ("angle",)
    bounds: Bounds = ((-math.pi, math.pi),)

    def identity(self) -> np.ndarray:
        """Return zero, (1,)."""
        return np.zeros(1)

    def entries(self, theta: Array) -> Entries:
        """Return cos, -sin, 0, sin, cos, 0, each (B,)."""
        xp = array_namespace(theta)
        cos, sin = xp.cos(theta[:, 0]), xp.sin(theta[:, 0])
        zero = xp.zeros_like(cos)
        return cos, -sin, zero, sin, cos, zero

    def _inverted(self, theta: Array) -> Array:
        """Return ``-angle``, (B, 1)."""
        return -theta
