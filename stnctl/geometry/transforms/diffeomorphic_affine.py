"""The affine maps that are always invertible."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, dtype_name, matrix_product
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.transform import Bounds

SQUARINGS, TERMS = 4, 24
"""exp(A) is the Taylor sum of exp(A / 2^4), squared four times."""

LARGEST_NORM = 40.0
"""Up to here exp(A) is right: in float64 to 1e-11 of its largest entry."""


class DiffeomorphicAffine(AffineFamily):
    """Affine maps exp([[a, b, tx], [c, d, ty], [0, 0, 0]]), which never fold or mirror.

    After N. Skafte Detlefsen, O. Freifeld, S. Hauberg, "Deep diffeomorphic transformer networks",
    2018. theta is ``a b tx c d ty`` of the matrix under the exponential; the identity is all
    zeros. The area grows by exp(a + d). The inverse is ``-theta``. The exponential is right up to a
    spectral norm of [[a, b], [c, d]] of `LARGEST_NORM`, and wrong far beyond.
    """

    parameters = ("a", "b", "tx", "c", "d", "ty")
    bounds: Bounds = ((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0)) * 2

    def identity(self) -> np.ndarray:
        """Return zeros, (6,)."""
        return np.zeros(6)

    def entries(self, theta: Array) -> Entries:
        """Return the entries of the exponential, each (B,)."""
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
