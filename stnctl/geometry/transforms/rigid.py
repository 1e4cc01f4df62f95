"""Rigid transform: a rotation and a translation."""

import math

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Rigid(AffineFamily):
    """A rotation and a translation: the motion of a rigid body.

    theta is ``angle tx ty``, with the angle in radians.

    Formula:
        x_s = cos(angle)·x_t - sin(angle)·y_t + tx
        y_s = sin(angle)·x_t + cos(angle)·y_t + ty

    Inverse:
        angle' = -angle
        tx' = -(cos(angle)·tx + sin(angle)·ty)
        ty' = sin(angle)·tx - cos(angle)·ty

    When to use it:
        Objects of one size, at any position and angle. The scale is fixed, so the network can't
        lower its loss by shrinking the image.

    Example:
        stnctl warp square --transform rigid --theta 0.6 0.25 0.25
    """

    parameters = ("angle", "tx", "ty")
    bounds: Bounds = ((-math.pi, math.pi), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``0 0 0``, (3,)."""
        return np.zeros(3)

    def entries(self, theta: Array) -> Entries:
        """Return cos, -sin, tx, sin, cos, ty, each (B,), for theta (B, 3)."""
        xp = array_namespace(theta)
        angle, tx, ty = (theta[:, k] for k in range(3))
        cos, sin = xp.cos(angle), xp.sin(angle)
        return cos, -sin, tx, sin, cos, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``-angle`` and the inverse translation, (B, 3), for theta (B, 3)."""
        xp = array_namespace(theta)
        angle, tx, ty = (theta[:, k] for k in range(3))
        cos, sin = xp.cos(angle), xp.sin(angle)
        return xp.stack([-angle, -(cos * tx + sin * ty), sin * tx - cos * ty], axis=-1)
