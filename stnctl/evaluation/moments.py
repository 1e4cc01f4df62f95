"""Image moments: poses of images by the principal axes of their bright pixels, without a network.

Source: Hu: Visual pattern recognition by moment invariants (1962).
"""

import numpy as np


def upright_poses(images: np.ndarray) -> np.ndarray:
    """Return the rotations (N, 3, 3) that turn the principal axes of images upright.

    They map pixels of the upright image to pixels of the image, both measured from the center. A
    principal axis has no direction, so half of the images may be upside down. An image without
    bright pixels keeps its pose.

    Args:
        images: (N, H, W, C), not negative.
    """
    weight = np.asarray(images, "float64").sum(axis=-1)
    y, x = (np.arange(size) - (size - 1) / 2 for size in weight.shape[1:])
    total = np.maximum(weight.sum(axis=(1, 2)), np.finfo(float).tiny)
    rows, columns = weight.sum(axis=2), weight.sum(axis=1)
    mean_x, mean_y = columns @ x / total, rows @ y / total
    xx = columns @ x**2 / total - mean_x**2
    yy = rows @ y**2 / total - mean_y**2
    xy = np.einsum("nyx,y,x->n", weight, y, x) / total - mean_x * mean_y
    angle = np.arctan2(-2 * xy, yy - xx) / 2  # that of the axis, from the vertical
    poses = np.tile(np.eye(3), (len(images), 1, 1))
    poses[:, 0, 0] = poses[:, 1, 1] = np.cos(angle)
    poses[:, 1, 0] = np.sin(angle)
    poses[:, 0, 1] = -np.sin(angle)
    return poses
