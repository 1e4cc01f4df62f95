"""Diffeomorphic affine transform: an affine map that is always invertible."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, dtype_name, matrix_product
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds

SQUARINGS, TERMS = 4, 24
"""exp(A) is the Taylor sum of exp(A / 2^4), squared four times."""

LARGEST_NORM = 40.0
"""Largest spectral norm of A for which exp(A) is accurate.

Up to this norm, the error in float64 is at most 1e-11 times the largest entry of exp(A).
"""


class DiffeomorphicAffine(AffineFamily):
    """An affine map that is always invertible: the exponential of a matrix.

    theta holds the entries ``a b tx c d ty`` of the matrix in the exponent; the identity is all
    zeros. The map never folds or mirrors the image. It scales areas by exp(a + d). The exponential
    is accurate while the spectral norm of [[a, b], [c, d]] is at most `LARGEST_NORM`, and wrong far
    beyond.

    Source: N. Skafte Detlefsen, O. Freifeld, S. Hauberg, "Deep diffeomorphic transformer networks",
    2018.

    Formula:
        (x_s, y_s, 1) = exp([a b tx; c d ty; 0 0 0]) (x_t, y_t, 1)

    Inverse:
        a' = -a
        b' = -b
        tx' = -tx
        c' = -c
        d' = -d
        ty' = -ty

    When to use it:
        Instead of `affine`, if a collapse or a mirror image must be impossible (Skafte Detlefsen et
        al. 2018): areas scale by exp(a + d), which is never 0. The transform of theta / 2, applied
        twice, equals the transform of theta. The exponential is accurate while the spectral norm of
        [a b; c d] is at most 40; `stnctl warp` rejects a larger norm.

    Example:
        stnctl warp checker --transform diffeomorphic_affine --theta 0.2 -0.8 0.2 0.8 0.2 0
    """

    parameters = ("a", "b", "tx", "c", "d", "ty")
    bounds: Bounds = ((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0)) * 2

    def identity(self) -> np.ndarray:
        """Return zeros, (6,)."""
        return np.zeros(6)

    def entries(self, theta: Array) -> Entries:
        """Return a, b, tx, c, d, ty of the matrix exponential, each (B,), for theta (B, 6)."""
        xp = array_namespace(theta)
        rows = xp.reshape(theta, (-1, 2, 3))
        exponent = xp.concatenate([rows, xp.zeros_like(rows[:, :1])], axis=1)  # (B, 3, 3)
        found = _exponential(exponent)
        a, b, tx, c, d, ty = (found[:, k // 3, k % 3] for k in range(6))
        return a, b, tx, c, d, ty

    def _inverted(self, theta: Array) -> Array:
        """Return ``-theta``, (B, 6)."""
        return -theta


def _exponential(matrix: Array) -> Array:
    """Return the matrix exponential of (B, n, n), by scaling and squaring."""
    xp = array_namespace(matrix)
    unit = xp.eye(matrix.shape[-1], dtype=dtype_name(matrix))
    small = matrix / 2**SQUARINGS
    total = unit + xp.zeros_like(matrix)
    for term in range(TERMS, 0, -1):
        total = unit + matrix_product(small, total) / term
    for _ in range(SQUARINGS):
        total = matrix_product(total, total)
    return total
