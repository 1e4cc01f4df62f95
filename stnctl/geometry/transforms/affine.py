"""The affine family (paper, eq. 1)."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.constraints import FREE, Constraints, constraints
from stnctl.geometry.transforms.transform import Bounds, determinant, require

_NAMES = ("a", "b", "tx", "c", "d", "ty")
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_BOUNDS = ((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0)) * 2


@dataclass(frozen=True)
class Affine(AffineFamily):
    """Affine maps: (x_s, y_s) = [[a, b, tx], [c, d, ty]] (x_t, y_t, 1), eq. 1 of the paper.

    theta is row-major, ``a b tx c d ty``, without the entries that are fixed; the identity is
    ``1 0 0 0 1 0``. A scale of 0.5 zooms in; (tx, ty) = (0.5, 0) looks to the right. The inverse
    is affine too, but for matrices without area; of a constrained family it may lie outside.

    Attributes:
        constraints: Two rows of three; None is free, a number is fixed.
    """

    constraints: Constraints = FREE

    def __post_init__(self) -> None:
        """Check the constraints."""
        object.__setattr__(self, "constraints", constraints(self.constraints))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the free entries."""
        return self._free(_NAMES)

    @property
    def bounds(self) -> Bounds:
        """The ranges of the free entries."""
        return self._free(_BOUNDS)

    def identity(self) -> np.ndarray:
        """Return the free entries of the identity; V = U if the fixed ones agree with it."""
        return np.array(self._free(_IDENTITY))

    def entries(self, theta: Array) -> Entries:
        """Return a, b, tx, c, d, ty, each (B,), the fixed ones too."""
        xp = array_namespace(theta)
        free = iter(range(self.num_params))
        a, b, tx, c, d, ty = (
            theta[:, next(free)] if fixed is None else xp.full_like(theta[:, 0], fixed)
            for fixed in chain(*self.constraints)
        )
        return a, b, tx, c, d, ty

    def _inverted(self, theta: Array) -> Array:
        """Return the inverse matrix, (B, 6); refuse if constrained."""
        if self.constraints != FREE:
            raise ValueError(
                "a constrained affine transform has no inverse of its kind; "
                "invert Affine().from_matrix(transform.matrix(theta))"
            )
        xp = array_namespace(theta)
        a, b, tx, c, d, ty = self.entries(theta)
        area = determinant([a * d, -b * c])
        rows = (d, -b, b * ty - d * tx, -c, a, c * tx - a * ty)
        return xp.stack([entry / area for entry in rows], axis=-1)

    def from_matrix(self, matrix: Array) -> Array:
        """Return theta (B, num_params) of homogeneous matrices (B, 3, 3): their free entries.

        Raises:
            ValueError: On NumPy, if the last row of one is not 0 0 1, but for rounding.
        """
        xp = array_namespace(matrix)
        last_row = constant(np.array([0.0, 0.0, 1.0]), like=matrix)
        require(
            xp.abs(matrix[:, 2] - last_row) < 1e-6,
            "an affine matrix has 0 0 1 as its last row; use Projective().from_matrix for others",
        )
        return xp.stack(self._free([matrix[:, k // 3, k % 3] for k in range(6)]), axis=-1)

    def _free(self, entries: tuple | list) -> tuple:
        """Return those of six entries that are not fixed."""
        fixed = chain(*self.constraints)
        return tuple(entry for entry, value in zip(entries, fixed, strict=True) if value is None)
