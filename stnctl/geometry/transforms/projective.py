"""The projective family."""

import numpy as np

from stnctl.geometry.frames import from_centers
from stnctl.geometry.namespace import Array, array_namespace, constant
from stnctl.geometry.transforms.decompose import at_center, decompose
from stnctl.geometry.transforms.transform import Bounds, MatrixTransform, determinant, require

NEAREST = 1e-6
"""The least denominator: points nearer to the horizon, or behind it, are outside."""

FARTHEST = 1e30
"""Points with larger numerators are outside; divided by `NEAREST`, they would leave float32."""

OUTSIDE = 1e4
"""Both coordinates of a point behind the horizon: outside every map, and yet finite."""


class Projective(MatrixTransform):
    """Homographies: (x_s, y_s) = (h11 x + h12 y + h13, h21 x + h22 y + h23) / w.

    w = h31 x + h32 y + 1. theta is row-major, ``h11 h12 h13 h21 h22 h23 h31 h32``; h33 is 1; the
    identity is ``1 0 0 0 1 0 0 0``. Points with w below `NEAREST` lie on or behind the horizon:
    they are set to `OUTSIDE`, without gradient. The inverse is projective too, but for matrices
    that are singular, or whose inverse has the center on or behind the horizon.
    """

    parameters = ("h11", "h12", "h13", "h21", "h22", "h23", "h31", "h32")
    bounds: Bounds = (*((-2.0, 2.0), (-2.0, 2.0), (-1.0, 1.0)) * 2, (-0.45, 0.45), (-0.45, 0.45))

    def identity(self) -> np.ndarray:
        """Return ``1 0 0 0 1 0 0 0``, (8,)."""
        return np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])

    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points, (B, H', W', 2), see the base class; finite for any theta.

        What lies behind the horizon, or is not finite, is masked before it is divided, so that
        its gradient is 0 and not 0 times infinity.
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
        """Return the matrices, (B, 3, 3), with h33 = 1, see the base class."""
        self.check(theta, ndim=2)
        xp = array_namespace(theta)
        return xp.reshape(xp.concatenate([theta, xp.ones_like(theta[:, :1])], axis=-1), (-1, 3, 3))

    def from_matrix(self, matrix: Array) -> Array:
        """Return theta (B, 8) of homogeneous matrices (B, 3, 3), scaled to h33 = 1.

        A negative scale would swap what lies in front of the horizon and what lies behind. So a
        matrix with h33 <= 0, which has the center on its horizon or behind it, has no theta: on
        tensors it gives one that is not finite, and so takes all points outside.

        Raises:
            ValueError: On NumPy, if h33 of one is not above 0.
        """
        entries = array_namespace(matrix).reshape(matrix, (-1, 9))
        last = entries[:, 8:]
        require(
            ~(last <= 0),
            "the center of V lies on or behind the horizon of the matrix: its h33 must be above "
            "0, to be scaled to 1",
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
        """Return the parts at the center, see `decompose`, and the tilts, in 1 / pixels."""
        self.check(theta, ndim=1)
        normalized = self.matrix(np.asarray(theta, "float64")[None])[0]
        matrix = from_centers(normalized, input_size, input_size, align_corners=align_corners)
        tilt_x, tilt_y, _ = matrix[2].tolist()
        return decompose(at_center(matrix)) | {"tilt_x": tilt_x, "tilt_y": tilt_y}


def _scaled(entries: Array, last: Array, front: Array) -> Array:
    """Return entries (B, 8) / last (B, 1) where ``front`` (B, 1); else NaN, without gradient."""
    xp = array_namespace(entries)
    found = entries / xp.where(front, last, xp.ones_like(last))
    return xp.where(front, found, xp.full_like(found, float("nan")))
