"""Scale-translation transform: one scale per axis and a translation."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds


class ScaleTranslation(AffineFamily):
    """A scale per axis and a translation: V is an axis-aligned box of U.

    theta is ``sx sy tx ty``. V shows the box of U centered at (tx, ty), with half-width sx and
    half-height sy, in normalized coordinates. A scale of 0 has no inverse.

    Formula:
        x_s = sx·x_t + tx
        y_s = sy·y_t + ty

    Inverse:
        sx' = 1/sx
        sy' = 1/sy
        tx' = -tx/sx
        ty' = -ty/sy

    When to use it:
        Axis-aligned boxes of any aspect ratio: V is the box of U centered at (tx, ty), with
        half-width sx and half-height sy, in normalized coordinates.

    Example:
        stnctl warp square --transform scale_translation --theta 0.7 0.35 0.25 0.25
    """

    parameters = ("sx", "sy", "tx", "ty")
    bounds: Bounds = ((0.0, 2.0), (0.0, 2.0), (-1.0, 1.0), (-1.0, 1.0))

    def identity(self) -> np.ndarray:
        """Return ``1 1 0 0``, (4,)."""
        return np.array([1.0, 1.0, 0.0, 0.0])

    def entries(self, theta: Array) -> Entries:
        """Return sx, 0, tx, 0, sy, ty, each (B,), for theta (B, 4)."""
        sx, sy, tx, ty = (theta[:, k] for k in range(4))
        zero = array_namespace(theta).zeros_like(sx)
        return sx, zero, tx, zero, sy, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``1/sx 1/sy -tx/sx -ty/sy``, (B, 4), for theta (B, 4)."""
        scales = theta[:, :2]
        return array_namespace(theta).concatenate([1 / scales, -theta[:, 2:] / scales], axis=-1)
