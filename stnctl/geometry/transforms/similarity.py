"""Similarity transform: a rotation, a uniform scale and a translation."""

import math

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Similarity(AffineFamily):
    """A rotation, a uniform scale and a translation.

    theta is ``s angle tx ty``, with the angle in radians. s = 0.5 zooms in. s = 0 has no inverse.

    Formula:
        x_s = s·cos(angle)·x_t - s·sin(angle)·y_t + tx
        y_s = s·sin(angle)·x_t + s·cos(angle)·y_t + ty

    Inverse:
        s' = 1/s
        angle' = -angle
        tx' = -(cos(angle)·tx + sin(angle)·ty)/s
        ty' = (sin(angle)·tx - cos(angle)·ty)/s

    When to use it:
        Objects of any size, at any position and angle, whose shape is fixed: the distortion RTS of
        the paper's experiments on MNIST.

    Example:
        stnctl warp square --transform similarity --theta 0.45 0.6 0.25 0.25
    """

    parameters = ("s", "angle", "tx", "ty")
    bounds: Bounds = ((0.0, 2.0), (-math.pi, math.pi), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``1 0 0 0``, (4,)."""
        return np.array([1.0, 0.0, 0.0, 0.0])

    def entries(self, theta: Array) -> Entries:
        """Return s cos, -s sin, tx, s sin, s cos, ty, each (B,), for theta (B, 4)."""
        xp = array_namespace(theta)
        s, angle, tx, ty = (theta[:, k] for k in range(4))
        cos, sin = s * xp.cos(angle), s * xp.sin(angle)
        return cos, -sin, tx, sin, cos, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``1/s -angle`` and the inverse translation, (B, 4), for theta (B, 4)."""
        xp = array_namespace(theta)
        s, angle, tx, ty = (theta[:, k] for k in range(4))
        cos, sin = xp.cos(angle) / s, xp.sin(angle) / s
        return xp.stack([1 / s, -angle, -(cos * tx + sin * ty), sin * tx - cos * ty], axis=-1)
