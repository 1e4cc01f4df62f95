"""Attention transform: a uniform scale and a translation (paper, eq. 2)."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class Attention(AffineFamily):
    """A uniform scale and a translation: the attention transform of the paper's equation 2.

    theta is ``s tx ty``. With s = 0.5, V is a crop with a quarter of the area of U, centered at
    (tx, ty), in normalized coordinates. s = 0 has no inverse.

    Formula:
        x_s = s·x_t + tx
        y_s = s·y_t + ty

    Inverse:
        s' = 1/s
        tx' = -tx/s
        ty' = -ty/s

    When to use it:
        Attention to a part of a large input: the position and the zoom of a crop, often with an
        `output_size` smaller than U. With s = 0.5, V is a crop with a quarter of the area of U,
        centered at (tx, ty), in normalized coordinates.

    Example:
        stnctl warp digit:8 --transform attention --theta 0.5 0.1 -0.35 --output-size 33 33
    """

    parameters = ("s", "tx", "ty")
    bounds: Bounds = ((0.0, 2.0), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``1 0 0``, (3,)."""
        return np.array([1.0, 0.0, 0.0])

    def entries(self, theta: Array) -> Entries:
        """Return s, 0, tx, 0, s, ty, each (B,), for theta (B, 3)."""
        s, tx, ty = (theta[:, k] for k in range(3))
        zero = array_namespace(theta).zeros_like(s)
        return s, zero, tx, zero, s, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``1/s -tx/s -ty/s``, (B, 3), for theta (B, 3)."""
        s = theta[:, :1]
        return array_namespace(theta).concatenate([1 / s, -theta[:, 1:] / s], axis=-1)
