"""Reference samplers: SciPy, scikit-image, and an exact solve for splines.

All take U (B, H, W, C) and points of U in the pixel frame, (B, H', W', 2), and return V in float64.
"""

import numpy as np
from scipy.interpolate import BSpline
from scipy.ndimage import map_coordinates
from skimage import transform

from stnctl.geometry.grid import to_pixels

SCIPY_ORDERS = {"nearest": 0, "bilinear": 1, "quadratic": 2, "cubic": 3}
MARGIN = 60
"""Pixels that the exact solve adds on each side; its error is below 0.27^50."""


def pixels(U, grid, align_corners):
    return to_pixels(grid, U.shape[1:3], align_corners=align_corners)


def scipy_sample(U, points, *, order, padding, fill_value=0.0, align_corners=True):
    """Return V of `scipy.ndimage.map_coordinates`; exact up to 4 pixels outside."""
    mode = {"zeros": "grid-constant", "value": "grid-constant", "border": "nearest"}.get(
        padding, "mirror" if align_corners else "reflect"
    )

    def read(channel, x, y):
        return map_coordinates(channel, [y, x], order=order, mode=mode, cval=fill_value)

    return _by_channel(read, U, points)


def exact_sample(U, points, *, order, padding, fill_value=0.0, align_corners=True):
    """Return V of the spline through all pixels of U, extended far outside, by a dense solve."""
    mode = {"zeros": "constant", "value": "constant", "border": "edge"}.get(
        padding, "reflect" if align_corners else "symmetric"
    )
    extra = {"constant_values": fill_value} if mode == "constant" else {}
    extended = np.pad(U, [(0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)], mode, **extra)
    basis = BSpline.basis_element(np.arange(order + 2) - (order + 1) / 2, extrapolate=False)

    def weights(at, count):
        return np.nan_to_num(basis(at[..., None] - np.arange(count)))

    rows, columns = (np.linalg.inv(weights(np.arange(n), n)) for n in extended.shape[1:3])
    coefficients = np.einsum("ij,bjkc,lk->bilc", rows, extended, columns, optimize=True)
    x, y = (
        weights(points[..., axis] + MARGIN, extended.shape[2 - axis]) for axis in (0, 1)
    )  # (B, H', W', n)
    return np.einsum("bhwi,bilc,bhwl->bhwc", y, coefficients, x, optimize=True)


def skimage_mode(padding, align_corners):
    """Return scikit-image's name of a padding."""
    reflection = "reflect" if align_corners else "symmetric"
    return {"zeros": "constant", "border": "edge", "reflection": reflection}[padding]


def skimage_warp(image, matrix, output_size, *, order, mode, spline=False):
    """Return V of `skimage.transform.warp`.

    Args:
        image: (H, W).
        matrix: (3, 3), from pixels (x, y) of V to those of U.
        output_size: (H', W').
        order: Order 3 is cubic convolution by matrix, and a B-spline by a function.
        mode: constant, edge, reflect or symmetric.
        spline: Whether to pass the matrix as a function.
    """
    inverse_map = transform.AffineTransform(matrix)
    return transform.warp(
        image,
        (lambda points: inverse_map(points)) if spline else inverse_map,
        output_shape=output_size,
        order=order,
        mode=mode,
        clip=False,
        preserve_range=True,
    )


def _by_channel(read, U, points):
    V = [
        np.stack([read(image[..., c], *np.moveaxis(at, -1, 0)) for c in range(U.shape[-1])], -1)
        for image, at in zip(U, points, strict=True)
    ]
    return np.stack(V)
