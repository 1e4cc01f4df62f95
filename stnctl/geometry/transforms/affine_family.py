"""Base class of the affine transforms."""

from abc import abstractmethod

import numpy as np

from stnctl.geometry.frames import from_centers
from stnctl.geometry.namespace import Array, array_namespace, constant, with_gradient
from stnctl.geometry.transforms.decompose import decompose
from stnctl.geometry.transforms.transform import MatrixTransform

Entries = tuple[Array, Array, Array, Array, Array, Array]


class AffineFamily(MatrixTransform):
    """A family of affine maps (x_s, y_s) = [[a, b, tx], [c, d, ty]] (x_t, y_t, 1) (paper, eq. 1).

    Each subclass defines the six entries as functions of theta.
    """

    @abstractmethod
    def entries(self, theta: Array) -> Entries:
        """Return a, b, tx, c, d, ty, each of shape (B,), for theta (B, num_params)."""

    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points, (B, H', W', 2), for theta (B, num_params) (paper, eq. 1).

        The target points are those of the base class: (H', W', 2) or (B, H', W', 2).
        """
        entries = self._stacked(theta)
        if not isinstance(points, np.ndarray) or points.ndim > 3:
            return _moved(entries, points)

        def pull_back(dgrid: Array, _: Array) -> tuple[Array]:
            return (_projected(dgrid, points),)

        return with_gradient(lambda entries: _moved(entries, points), pull_back, entries)

    def source_axes(
        self, theta: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y of the source points of a lattice, (B, H', W') each; see the base class.

        A row and a column are multiplied, not each point.
        """
        rows = self._stacked(theta).reshape(-1, 2, 3, 1, 1)
        across, down = constant(x, like=theta), constant(y, like=theta)[:, None]

        def source(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
            moved: np.ndarray = a * across + b * down
            moved += t
            return moved

        with np.errstate(invalid="ignore", over="ignore"):
            return source(*rows[:, 0].swapaxes(0, 1)), source(*rows[:, 1].swapaxes(0, 1))

    def matrix(self, theta: Array) -> Array:
        """Return the matrices, (B, 3, 3), with last row 0 0 1, for theta (B, num_params)."""
        xp = array_namespace(theta)
        entries = self._stacked(theta)
        zero, one = xp.zeros_like(entries[:, :1]), xp.ones_like(entries[:, :1])
        return xp.reshape(xp.concatenate([entries, zero, zero, one], axis=-1), (-1, 3, 3))

    def describe(
        self, theta: np.ndarray, input_size: tuple[int, int], *, align_corners: bool = True
    ) -> dict[str, float]:
        """Return rotation, scales, shear and translation for theta (num_params,).

        See `decompose`; the translation is in pixels of U. Arguments as in the base class.
        """
        self.check(theta, ndim=1)
        matrix = self.matrix(np.asarray(theta, "float64")[None])[0]
        return decompose(from_centers(matrix, input_size, input_size, align_corners=align_corners))

    def _stacked(self, theta: Array) -> Array:
        """Return the six entries, (B, 6), of a theta (B, num_params) after checking it."""
        self.check(theta, ndim=2)
        with np.errstate(invalid="ignore", over="ignore"):
            return array_namespace(theta).stack(self.entries(theta), axis=-1)


def _moved(entries: Array, points: Array) -> Array:
    """Return the points (..., 2), mapped by matrices of entries (B, 6), as (B, H', W', 2)."""
    xp = array_namespace(entries)
    rows = xp.reshape(entries, (-1, 1, 1, 2, 3))
    target = constant(points, like=entries)
    with np.errstate(invalid="ignore", over="ignore"):
        return rows[..., 0] * target[..., :1] + rows[..., 1] * target[..., 1:] + rows[..., 2]


def _projected(dgrid: Array, points: np.ndarray) -> Array:
    """Return the gradient with respect to the entries, (B, 6), for dgrid (B, H', W', 2).

    It is one matrix product. Six sums over the points, as in automatic differentiation, take
    several times longer.
    """
    target = np.reshape(points, (-1, 2))
    homogeneous = np.column_stack([target, np.ones(len(target))])  # (H' W', 3)
    basis = np.einsum("pk,ij->pijk", homogeneous, np.eye(2)).reshape(-1, 6)  # (H' W' 2, 6)
    flat = array_namespace(dgrid).reshape(dgrid, (-1, len(basis)))
    return flat @ constant(basis, like=dgrid)
