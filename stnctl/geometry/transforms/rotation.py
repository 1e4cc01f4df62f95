"""Rotation transform: a rotation about the center."""

import math

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Rotation(AffineFamily):
    """A rotation about the center.

    theta is ``angle``, in radians. A positive angle rotates the sampling grid clockwise on U, so V
    shows the image rotated counterclockwise.

    Formula:
        x_s = cos(angle)·x_t - sin(angle)·y_t
        y_s = sin(angle)·x_t + cos(angle)·y_t

    Inverse:
        angle' = -angle

    When to use it:
        Rotated objects at the center of the image. The angle is in radians. A positive angle
        rotates the grid clockwise, and so the image counterclockwise. On an image that is not
        square, a rotation in the normalized frame also shears; `stnctl warp --rotate` does not.

    Example:
        stnctl warp digit:3 --transform rotation --theta 0.5
    """

    parameters = ("angle",)
    bounds: Bounds = ((-math.pi, math.pi),)

    def identity(self) -> np.ndarray:
        """Return ``0``, (1,)."""
        return np.zeros(1)

    def entries(self, theta: Array) -> Entries:
        """Return cos, -sin, 0, sin, cos, 0 of the angle, each (B,), for theta (B, 1)."""
        xp = array_namespace(theta)
        cos, sin = xp.cos(theta[:, 0]), xp.sin(theta[:, 0])
        zero = xp.zeros_like(cos)
        return cos, -sin, zero, sin, cos, zero

    def _inverted(self, theta: Array) -> Array:
        """Return ``-angle``, (B, 1), for theta (B, 1)."""
        return -theta
