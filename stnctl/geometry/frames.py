"""Conversion of matrices between the normalized and the pixel frame. On NumPy, in float64.

Convention:
    A matrix maps homogeneous points (x, y, 1) of V to points of U (target -> source).
    Frames as in `stnctl.geometry.grid`: pixel (0, 0) is the center of the top left pixel.
"""

import numpy as np

from stnctl.geometry.grid import half_span

Size = tuple[int, int]


def to_pixel_frame(
    matrix: np.ndarray, input_size: Size, output_size: Size, *, align_corners: bool = True
) -> np.ndarray:
    """Convert a normalized matrix (3, 3) to the pixel frame: from pixels of V to pixels of U.

    Args:
        matrix: (3, 3), normalized.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (_pixels(size, align_corners) for size in (input_size, output_size))
    return np.asarray(source @ matrix @ np.linalg.inv(target))


def to_normalized_frame(
    matrix: np.ndarray, input_size: Size, output_size: Size, *, align_corners: bool = True
) -> np.ndarray:
    """Convert a matrix (3, 3) from the pixel frame to the normalized frame.

    Args:
        matrix: (3, 3), pixels of V to pixels of U.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (_pixels(size, align_corners) for size in (input_size, output_size))
    return np.asarray(np.linalg.inv(source) @ matrix @ target)


def from_centers(
    matrix: np.ndarray, input_size: Size, output_size: Size, *, align_corners: bool = True
) -> np.ndarray:
    """Convert a normalized matrix (3, 3) to pixels measured from the centers of V and U.

    In this frame, a rotation has no shear, even if the map is not square. With the size of U as
    both sizes, the identity stays the identity for any size of V.

    Args:
        matrix: (3, 3), normalized.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (_diagonal(size, align_corners) for size in (input_size, output_size))
    return np.asarray(source[:, None] * matrix / target)


def centers_to_normalized(
    matrix: np.ndarray, input_size: Size, output_size: Size, *, align_corners: bool = True
) -> np.ndarray:
    """Convert a matrix (3, 3) to the normalized frame: the inverse of `from_centers`.

    Args:
        matrix: (3, 3), from pixels of V to pixels of U, both measured from the center.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (_diagonal(size, align_corners) for size in (input_size, output_size))
    return np.asarray(matrix * target / source[:, None])


def _diagonal(size: Size, align_corners: bool) -> np.ndarray:
    """Return the factors, (3,), from normalized homogeneous points to pixels from the center.

    The size is (H, W).
    """
    return np.append(half_span(size, align_corners=align_corners), 1.0)


def _pixels(size: Size, align_corners: bool) -> np.ndarray:
    """Return the matrix (3, 3) from the normalized to the pixel frame of a map (H, W)."""
    height, width = size
    matrix = np.diag(_diagonal(size, align_corners))
    matrix[:2, 2] = (width - 1) / 2, (height - 1) / 2
    return matrix
