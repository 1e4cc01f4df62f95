"""Thin plate spline transform (paper, section 3.2)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from stnctl.geometry.argument_checks import whole_pair
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.namespace import Array, array_namespace, constant
from stnctl.geometry.transforms.displacements import Displacements
from stnctl.geometry.transforms.transform import Bounds


@dataclass(frozen=True)
class ThinPlateSpline(Displacements):
    """The smoothest map with given displacements at K control points (Bookstein 1989).

    The K control points form a regular grid on V, from corner to corner. theta holds the
    displacement from each control point to its source point, ``dx0 dy0 dx1 dy1 ...``, row by row,
    normalized; the identity is all zeros. Between the control points, the displacement is the sum
    of an affine map and a multiple of r^2 log r^2 for each control point at distance r. It is
    linear in theta, so the system of equations is solved once, in float64. There is no inverse in
    closed form.

    Source: F. L. Bookstein, "Principal warps: thin-plate splines and the decomposition of
    deformations", 1989.

    Formula:
        x_s = x_t + the sum over k of W_k(x_t, y_t)·dx_k
        y_s = y_t + the sum over k of W_k(x_t, y_t)·dy_k

    When to use it:
        Deformable objects: handwriting, faces, cloth (the paper's section 3.2). The control points
        form a regular grid on V, from corner to corner, 4 × 4 by default. theta holds the
        displacement from each control point to its source point, row by row. The weight W_k is 1 at
        control point k and 0 at the others. It is the sum of an affine map and a multiple of
        r² log r² for each control point at distance r. The system of equations is solved once, in
        float64. `--points` takes the displacements of n × n control points.

    Example:
        stnctl warp checker --points 0 0 0 0 0 0 0 0 0.35 0.2 0 0 0 0 0 0 -0.25 -0.15

    Attributes:
        control_points: Number of rows and of columns of control points, at least 2 each.
    """

    control_points: tuple[int, int] = (4, 4)

    def __post_init__(self) -> None:
        """Check the number of control points."""
        points = whole_pair("control_points", self.control_points, 2)
        object.__setattr__(self, "control_points", points)

    @property
    def lattice(self) -> tuple[int, int]:
        """Number of rows and of columns of the control points."""
        return self.control_points

    @property
    def bounds(self) -> Bounds:
        """Up to half the distance to the next control point, in each direction."""
        rows, columns = self.control_points
        x, y = 1 / (columns - 1), 1 / (rows - 1)
        return ((-x, x), (-y, y)) * (rows * columns)

    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points, (B, H', W', 2), for theta (B, 2 K); see the base class."""
        self.check(theta, ndim=2)
        xp = array_namespace(theta)
        weights = constant(self._weights(points), like=theta)  # ([B,] H', W', K)
        height, width, num_points = weights.shape[-3:]
        offsets = xp.reshape(theta, (-1, num_points, 2))
        flat = xp.reshape(weights, (*weights.shape[:-3], height * width, num_points))
        with np.errstate(invalid="ignore"):
            moved = xp.reshape(flat @ offsets, (-1, height, width, 2))
        return constant(points, like=theta) + moved

    def points(self) -> np.ndarray:
        """Return the control points, (K, 2), normalized (x, y), row by row."""
        return regular_grid(self.control_points, dtype="float64").reshape(-1, 2)

    def _weights(self, points: Array) -> Array:
        """Return the weight of each displacement, ([B,] H', W', K), at points ([B,] H', W', 2)."""
        xp = array_namespace(points)
        radial = _radial(points[..., None, :] - constant(self.points(), like=points))
        basis = xp.concatenate([radial, xp.ones_like(points[..., :1]), points], axis=-1)
        return basis @ constant(_solution(self), like=points)


def _radial(offset: Array) -> Array:
    """Return r^2 log r^2 of offsets (..., 2), and 0 at 0: Bookstein's U(r)."""
    xp = array_namespace(offset)
    squared = xp.sum(offset**2, axis=-1)
    away = squared > 0
    return xp.where(away, squared * xp.log(xp.where(away, squared, 1.0)), 0.0)


@cache
def _solution(transform: ThinPlateSpline) -> np.ndarray:
    """Return the matrix (K + 3, K) from displacements to coefficients: part of Bookstein's L^-1."""
    points = transform.points()
    num_points = len(points)
    linear = np.column_stack([np.ones(num_points), points])
    system = np.zeros((num_points + 3, num_points + 3))
    system[:num_points, :num_points] = _radial(points[:, None] - points)
    system[:num_points, num_points:] = linear
    system[num_points:, :num_points] = linear.T
    return np.linalg.inv(system)[:, :num_points]
