"""Readable parts of a matrix or of displacements."""

import math
import sys

import numpy as np


def decompose(matrix: np.ndarray) -> dict[str, float]:
    """Return rotation, scales, shear and translation of a matrix (2, 3) or (3, 3).

    The matrix is rotation · shear · scale: [[a, b], [c, d]] = R(rotation) [[1, shear], [0, 1]]
    diag(scale_x, scale_y). A positive rotation takes x (right) towards y (down). scale_y is
    negative for a mirror image. It is 0 for a singular matrix, and shear is then reported as 0.
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
    """Return the affine map, (2, 3), closest to a homogeneous matrix (3, 3) at the center (0, 0).

    Its columns are the derivatives to x and to y there, and the image of the center. The matrix has
    h33 = 1.
    """
    shift, tilt = matrix[:2, 2:], matrix[2:, :2]
    with np.errstate(invalid="ignore", over="ignore"):
        return np.hstack([matrix[:2, :2] - shift * tilt, shift])


def displacement_parts(theta: np.ndarray, half: np.ndarray) -> dict[str, float]:
    """Return the mean and the largest length of displacements, and their mean, in pixels.

    Args:
        theta: (2 K,), dx and dy alternating, normalized.
        half: (2,), the pixels from the center to normalized 1, (x, y).
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
