"""Decomposition of a matrix into rotation, scales, shear and translation.

For a family without a matrix, the parts are the mean length, the largest length and the mean vector
of its displacements.
"""

import math
import sys

import numpy as np


def decompose(matrix: np.ndarray) -> dict[str, float]:
    """Return rotation, scales, shear and translation of an affine matrix (2, 3) or (3, 3).

    The linear part is rotation · shear · scale: [[a, b], [c, d]] = R(rotation)
    [[1, shear], [0, 1]] diag(scale_x, scale_y). The rotation is in degrees; a positive rotation
    takes x (right) towards y (down). The translation has the unit of the matrix. scale_y is
    negative for a mirror image. A singular matrix has a scale of 0. Where scale_y is 0, the
    reported shear is 0.
    """
    (a, b, tx), (c, d, ty) = np.asarray(matrix, "float64")[:2].tolist()
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


def at_center(matrix: np.ndarray) -> np.ndarray:
    """Return the affine approximation, (2, 3), of a homography (3, 3) at the center (0, 0).

    The homography must have h33 = 1. The columns of the result are the derivatives at the center
    with respect to x and y, and the image of the center.
    """
    shift, tilt = matrix[:2, 2:], matrix[2:, :2]
    with np.errstate(invalid="ignore", over="ignore"):
        return np.hstack([matrix[:2, :2] - shift * tilt, shift])


def displacement_parts(theta: np.ndarray, half: np.ndarray) -> dict[str, float]:
    """Return the mean length, the largest length and the mean vector of displacements, in pixels.

    Args:
        theta: (2 K,), dx and dy alternating, normalized.
        half: (2,), pixels per normalized unit along x and y, from `half_span`.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        displacement = np.reshape(np.asarray(theta, "float64"), (-1, 2)) * half
        lengths = np.hypot(*displacement.T)
        x, y = displacement.mean(axis=0)
    return {
        "mean_displacement": float(lengths.mean()),
        "largest_displacement": float(lengths.max()),
        "translation_x": float(x),
        "translation_y": float(y),
    }
