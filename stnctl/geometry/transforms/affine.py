"""The affine family (paper, eq. 1)."""

import math
import sys

import numpy as np

from stnctl.geometry._namespace import Array, array_namespace, constant, dtype_name
from stnctl.geometry.grid import half_span, regular_grid
from stnctl.geometry.transforms.base import Transform


class Affine(Transform):
    """Affine maps: (x_s, y_s) = [[a, b, tx], [c, d, ty]] (x_t, y_t, 1), eq. 1 of the paper.

    theta is row-major, ``a b tx c d ty``; the identity is ``1 0 0 0 1 0``. A scale of 0.5 zooms
    in; (tx, ty) = (0.5, 0) looks to the right.
    """

    num_params = 6

    def identity(self) -> np.ndarray:
        """Return theta of shape (6,), float64, with V = U."""
        return np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])

    def grid(
        self, theta: Array, output_size: tuple[int, int], *, align_corners: bool = True
    ) -> Array:
        """Return the source points, (B, H', W', 2), for theta (B, 6): eq. 1 of the paper.

        Raises:
            ValueError: If theta has another shape or is not floating.
        """
        self.check(theta, ndim=2)
        xp = array_namespace(theta)
        lattice = regular_grid(output_size, align_corners=align_corners, dtype=dtype_name(theta))
        target = constant(lattice, like=theta)
        x, y = target[..., 0:1], target[..., 1:2]  # (H', W', 1)
        rows = xp.reshape(theta, (-1, 1, 1, 2, 3))
        return rows[..., 0] * x + rows[..., 1] * y + rows[..., 2]  # (B, H', W', 2)

    def in_pixels(
        self,
        theta: np.ndarray,
        input_size: tuple[int, int],
        output_size: tuple[int, int],
        *,
        align_corners: bool = True,
    ) -> np.ndarray:
        """Return theta (6,) as it maps pixels of V to pixels of U, both counted from the center.

        Only there is a turn a turn if a map is not square. An axis of one pixel counts as two.

        Args:
            theta: (6,), normalized.
            input_size: (H, W) of U.
            output_size: (H', W') of V.
            align_corners: As in `stnctl.geometry.grid`.

        Raises:
            ValueError: If theta has another shape.
        """
        self.check(theta, ndim=1)
        source, target = (
            np.maximum(half_span(size, align_corners=align_corners), 0.5)  # (x, y)
            for size in (input_size, output_size)
        )
        return np.ravel(np.reshape(theta, (2, 3)) * source[:, None] / np.append(target, 1))

    def describe(self, theta: np.ndarray) -> dict[str, float]:
        """Return rotation, scales, shear and translation of theta (6,), in the frame of theta.

        The matrix is rotation · shear · scale: [[a, b], [c, d]] = R(rotation) [[1, shear],
        [0, 1]] diag(scale_x, scale_y). A positive rotation takes x (right) towards y (down).
        scale_y is negative for a mirror image, and 0 for a matrix without area, whose shear is
        then told as 0. The translation is in half sides of U.

        Raises:
            ValueError: If theta has another shape.
        """
        self.check(theta, ndim=1)
        a, b, tx, c, d, ty = map(float, theta)
        scale_x = math.hypot(a, c)
        rotation = math.atan2(c, a)
        across = math.cos(rotation) * b + math.sin(rotation) * d
        scale_y = math.cos(rotation) * d - math.sin(rotation) * b
        if abs(scale_y) <= 4 * sys.float_info.epsilon * math.hypot(b, d):  # only rounding is left
            across = scale_y = 0.0
        return {
            "rotation_degrees": math.degrees(rotation),
            "scale_x": scale_x,
            "scale_y": scale_y,
            "shear": across / scale_y if scale_y else 0.0,
            "translation_x": tx,
            "translation_y": ty,
        }
