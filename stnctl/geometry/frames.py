"""Matrices between the normalized and the pixel frame. On NumPy, in float64.

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
    """Return a matrix (3, 3) of the normalized frame as it maps pixels of V to pixels of U.

    An axis of one pixel counts as two pixels long.

    Args:
        matrix: (3, 3), normalized.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (_pixels(size, align_corners) for size in (input_size, output_size))
    return source @ matrix @ np.linalg.inv(target)


def to_normalized_frame(
    matrix: np.ndarray, input_size: Size, output_size: Size, *, align_corners: bool = True
) -> np.ndarray:
    """Return a matrix (3, 3) from pixels of V to pixels of U in the normalized frame.

    Args:
        matrix: (3, 3), pixels.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (_pixels(size, align_corners) for size in (input_size, output_size))
    return np.linalg.inv(source) @ matrix @ target


def from_centers(
    matrix: np.ndarray, input_size: Size, output_size: Size, *, align_corners: bool = True
) -> np.ndarray:
    """Return a normalized matrix (3, 3) as it maps pixels to pixels, both from the center.

    Only there is a turn a turn if a map is not square. With the size of U for both, the identity
    stays the identity, whatever the size of V.

    Args:
        matrix: (3, 3), normalized.
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """
    source, target = (
        np.append(_half(size, align_corners), 1.0) for size in (input_size, output_size)
    )
    return source[:, None] * matrix / target


def _pixels(size: Size, align_corners: bool) -> np.ndarray:
    """Return the matrix (3, 3) from normalized to pixel points of a map (H, W)."""
    height, width = size
    matrix = np.diag([*_half(size, align_corners), 1.0])
    matrix[:2, 2] = (width - 1) / 2, (height - 1) / 2
    return matrix


def _half(size: Size, align_corners: bool) -> np.ndarray:
    return np.maximum(half_span(size, align_corners=align_corners), 0.5)
