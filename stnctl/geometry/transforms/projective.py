"""Projective transform: a homography."""

import numpy as np

from stnctl.geometry.frames import from_centers
from stnctl.geometry.namespace import Array, array_namespace, constant
from stnctl.geometry.transforms.decompose import at_center, decompose
from stnctl.geometry.transforms.transform import Bounds, MatrixTransform, determinant, require

NEAREST = 1e-6
"""Smallest denominator w. Points with a smaller w are on or behind the horizon: outside U."""

FARTHEST = 1e30
"""Bound of the numerators. Larger ones, divided by `NEAREST`, would overflow float32.

Points with a numerator beyond it count as outside U.
"""

OUTSIDE = 1e4
"""Both coordinates of a point on or behind the horizon: finite, but outside every map."""


class Projective(MatrixTransform):
    """A homography: a plane seen in perspective.

    theta is row-major, ``h11 h12 h13 h21 h22 h23 h31 h32``, and h33 is 1. The identity is
    ``1 0 0 0 1 0 0 0``. Points with w below `NEAREST` are on or behind the horizon. Their source
    point is `OUTSIDE` in x and y, without gradient.

    Formula:
        w = h31·x_t + h32·y_t + 1
        x_s = (h11·x_t + h12·y_t + h13)/w
        y_s = (h21·x_t + h22·y_t + h23)/w

    Inverse:
        The inverse of the 3×3 matrix with h33 = 1, divided by its last entry. It does not exist for
        a singular matrix, or if the center is on or behind the horizon of the inverse.

    When to use it:
        Flat objects seen at an angle: signs, plates, pages. A point with w below 1e-6 is on or
        behind the horizon; it counts as outside U, without gradient. The bounds of h31 and h32 keep
        w at 0.1 or more on all of V, so that the horizon is outside V.

    Example:
        stnctl warp checker --transform projective --theta 0.6 0 0 0 0.6 0 0.2 -0.4
    """

    parameters = ("h11", "h12", "h13", "h21", "h22", "h23", "h31", "h32")
    bounds: Bounds = (*((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0)) * 2, (-0.45, 0.45), (-0.45, 0.45))

    def identity(self) -> np.ndarray:
        """Return ``1 0 0 0 1 0 0 0``, (8,)."""
        return np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])

    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points, (B, H', W', 2); finite for any theta (B, 8).

        Points that are on or behind the horizon, or not finite, are masked before the division. So
        their gradient is 0, not 0 times infinity. Arguments as in the base class.
        """
        self.check(theta, ndim=2)
        xp = array_namespace(theta)
        h = xp.reshape(theta, (-1, 1, 1, 8))
        target = constant(points, like=theta)
        x, y = target[..., 0:1], target[..., 1:2]
        with np.errstate(invalid="ignore", over="ignore"):
            above = h[..., 0:6:3] * x + h[..., 1:6:3] * y + h[..., 2:6:3]  # (B, H', W', 2)
            w = h[..., 6:7] * x + h[..., 7:8] * y + 1
        front = (w >= NEAREST) & xp.all(xp.abs(above) < FARTHEST, axis=-1, keepdims=True)
        above = xp.where(front, above, xp.zeros_like(above))
        found = above * (1 / xp.where(front, w, xp.ones_like(w)))
        return xp.where(front, found, xp.full_like(found, OUTSIDE))

    def matrix(self, theta: Array) -> Array:
        """Return the matrices, (B, 3, 3), with h33 = 1, for theta (B, 8)."""
        self.check(theta, ndim=2)
        xp = array_namespace(theta)
        return xp.reshape(xp.concatenate([theta, xp.ones_like(theta[:, :1])], axis=-1), (-1, 3, 3))

    def from_matrix(self, matrix: Array) -> Array:
        """Return theta (B, 8) of homogeneous matrices (B, 3, 3), scaled to h33 = 1.

        A matrix with h33 <= 0 has the center on or behind its horizon. It has no theta, because a
        negative scale would swap the two sides of the horizon. For tensors, the result is then not
        finite, and all points count as outside U.

        Raises:
            ValueError: For NumPy arrays, if h33 of a matrix is not above 0.
        """
        entries = array_namespace(matrix).reshape(matrix, (-1, 9))
        last = entries[:, 8:]
        require(
            ~(last <= 0),
            "the center of V is on or behind the horizon of the matrix: h33 must be above 0, to be "
            "scaled to 1",
        )
        return _scaled(entries[:, :8], last, last > 0)

    def _inverted(self, theta: Array) -> Array:
        """Return the inverse homography, (B, 8): the adjugate matrix, scaled to h33 = 1."""
        xp = array_namespace(theta)
        a, b, c, d, e, f, g, h = (theta[:, k] for k in range(8))
        adjugate = (
            (e - f * h, c * h - b, b * f - c * e),
            (f * g - d, a - c * g, c * d - a * f),
            (d * h - e * g, b * g - a * h, a * e - b * d),
        )
        area = determinant([a * e, -a * f * h, b * f * g, -b * d, c * d * h, -c * e * g])
        *entries, last = (entry for row in adjugate for entry in row)
        front = ((last > 0) & (area > 0)) | ((last < 0) & (area < 0))
        require(
            front | ~(xp.abs(area) > 0),
            "the inverse has the center on or behind its horizon, so that its h33 can't be 1",
        )
        return _scaled(xp.stack(entries, axis=-1), last[:, None], front[:, None])

    def describe(
        self, theta: np.ndarray, input_size: tuple[int, int], *, align_corners: bool = True
    ) -> dict[str, float]:
        """Return parts of the affine approximation at the center, and tilts, for theta (8,).

        The parts are those of `decompose`, in pixels of U. tilt_x and tilt_y are the derivatives of
        w along x and y, in 1 / pixels. Arguments as in the base class.
        """
        self.check(theta, ndim=1)
        normalized = self.matrix(np.asarray(theta, "float64")[None])[0]
        matrix = from_centers(normalized, input_size, input_size, align_corners=align_corners)
        tilt_x, tilt_y, _ = matrix[2].tolist()
        return decompose(at_center(matrix)) | {"tilt_x": tilt_x, "tilt_y": tilt_y}


def _scaled(entries: Array, last: Array, front: Array) -> Array:
    """Return entries (B, 8) / last (B, 1) where ``front`` (B, 1) is true, else NaN.

    NaN has no gradient.
    """
    xp = array_namespace(entries)
    found = entries / xp.where(front, last, xp.ones_like(last))
    return xp.where(front, found, xp.full_like(found, float("nan")))
