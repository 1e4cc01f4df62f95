"""Affine transform (paper, eq. 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant
from stnctl.geometry.transforms.affine_family import AffineFamily, Entries
from stnctl.geometry.transforms.constraints import FREE, Constraints, constraints
from stnctl.geometry.transforms.transform import Bounds, determinant, require

T = TypeVar("T")

_NAMES = ("a", "b", "tx", "c", "d", "ty")
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_BOUNDS = ((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0)) * 2


@dataclass(frozen=True)
class Affine(AffineFamily):
    """Any affine map (paper, eq. 1).

    theta is row-major, ``a b tx c d ty``, without the fixed entries. The identity is
    ``1 0 0 0 1 0``. A scale of 0.5 zooms in. A matrix with determinant 0 has no inverse. With
    constraints, `inverse` is not available: the inverse matrix may violate
    them.

    Formula:
        x_s = a·x_t + b·y_t + tx
        y_s = c·x_t + d·y_t + ty

    Inverse:
        a' = d/(a·d - b·c)
        b' = -b/(a·d - b·c)
        tx' = (b·ty - d·tx)/(a·d - b·c)
        c' = -c/(a·d - b·c)
        d' = a/(a·d - b·c)
        ty' = (c·tx - a·ty)/(a·d - b·c)

    When to use it:
        The default choice. It can rotate, scale, shear, mirror and translate. It can also collapse
        the image, so initialize it with the identity. With constraints it becomes a smaller family.

    Example:
        stnctl warp checker --transform affine --theta 0.7 -0.7 0 0.7 0.7 0

    Attributes:
        constraints: Two rows of three entries, a b tx and c d ty. None leaves an entry free, a
            number fixes it.
    """

    constraints: Constraints = FREE

    def __post_init__(self) -> None:
        """Check the constraints."""
        object.__setattr__(self, "constraints", constraints(self.constraints))
        object.__setattr__(self, "invertible", self.constraints == FREE)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the free entries."""
        return self._free(_NAMES)

    @property
    def bounds(self) -> Bounds:
        """The ranges of the free entries."""
        return self._free(_BOUNDS)

    def identity(self) -> np.ndarray:
        """Return the free entries of the identity, (num_params,).

        V is U only if the fixed entries are also those of the identity.
        """
        return np.array(self._free(_IDENTITY))

    def entries(self, theta: Array) -> Entries:
        """Return a, b, tx, c, d, ty, free and fixed, each (B,), for theta (B, num_params)."""
        xp = array_namespace(theta)
        free = iter(range(self.num_params))
        a, b, tx, c, d, ty = (
            theta[:, next(free)] if fixed is None else xp.full_like(theta[:, 0], fixed)
            for fixed in chain(*self.constraints)
        )
        return a, b, tx, c, d, ty

    def _inverted(self, theta: Array) -> Array:
        """Return the entries of the inverse matrix, (B, 6); reject constrained families."""
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
        """Return theta (B, num_params), the free entries of homogeneous matrices (B, 3, 3).

        Raises:
            ValueError: For NumPy arrays, if the last row of a matrix is not 0 0 1, up to 1e-6.
        """
        xp = array_namespace(matrix)
        last_row = constant(np.array([0.0, 0.0, 1.0]), like=matrix)
        require(
            xp.abs(matrix[:, 2] - last_row) < 1e-6,
            "an affine matrix has 0 0 1 as its last row; use Projective().from_matrix for others",
        )
        return xp.stack(self._free([matrix[:, k // 3, k % 3] for k in range(6)]), axis=-1)

    def _free(self, entries: Sequence[T]) -> tuple[T, ...]:
        """Return the free ones of six entries."""
        fixed = chain(*self.constraints)
        return tuple(entry for entry, value in zip(entries, fixed, strict=True) if value is None)
