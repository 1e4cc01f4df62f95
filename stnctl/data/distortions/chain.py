"""From drawn stages to thetas: as few transforms as can be, and always one sampling."""

from typing import NamedTuple

import numpy as np

from stnctl.data.distortions.draft import Bend, Draft, Matrices, Size
from stnctl.geometry import TRANSFORMS, Transform
from stnctl.geometry.frames import centers_to_normalized, half_sides
from stnctl.geometry.transforms import ThinPlateSpline


class Link(NamedTuple):
    """A transform with the thetas of all examples.

    Attributes:
        transform: The family.
        theta: (n, num_params), float64, target to source, with the centers of the corner pixels
            at -1 and 1.
    """

    transform: Transform
    theta: np.ndarray


def chain_of(draft: Draft) -> tuple[Link, ...]:
    """Return the transforms that take the pixels of V to points of U, one after another.

    Matrices in a row become one, and a spline takes up an affine map that comes before it: what
    it interpolates is linear in its offsets, and includes every affine map. So each set of the
    paper is a single transform, whose theta is the truth about the example.
    """
    links: list[Link] = []  # the first is the nearest to U
    size, pending = draft.image_size, Matrices(np.eye(3)[None])
    for stage in draft.stages:
        if isinstance(stage, Matrices):
            pending = _product(pending, stage)
            continue
        if not pending.is_affine:
            links.append(_matrix_link(pending, size, stage.canvas))
            size, pending = stage.canvas, Matrices(np.eye(3)[None])
        links.append(_spline_link(pending, stage, size))
        size, pending = stage.canvas, Matrices(np.eye(3)[None])
    if not links or size != draft.canvas or not _is_identity(pending):
        links.append(_matrix_link(pending, size, draft.canvas))
    return tuple(reversed([_for_all(link, draft.num_images) for link in links]))


def _product(first: Matrices, second: Matrices) -> Matrices:
    return Matrices(first.matrix @ second.matrix, first.is_affine and second.is_affine)


def _is_identity(matrices: Matrices) -> bool:
    return np.array_equal(matrices.matrix, np.eye(3)[None])


def _matrix_link(matrices: Matrices, input_size: Size, output_size: Size) -> Link:
    """Return the affine or projective transform of matrices in pixels from the center."""
    normalized = centers_to_normalized(matrices.matrix, input_size, output_size)
    entries = normalized.reshape(-1, 9)
    if matrices.is_affine:
        return Link(TRANSFORMS["affine"], entries[:, :6])
    return Link(TRANSFORMS["projective"], entries[:, :8] / entries[:, 8:])


def _spline_link(before: Matrices, bend: Bend, input_size: Size) -> Link:
    """Return the spline whose control points go where the bend and then the matrices take them."""
    transform = ThinPlateSpline(bend.control_points)
    points = transform.points()  # (K, 2), normalized
    bent = points * half_sides(bend.canvas) + bend.offsets
    linear, shift = before.matrix[:, :2, :2], before.matrix[:, None, :2, 2]
    source = (bent @ np.swapaxes(linear, 1, 2) + shift) / half_sides(input_size)
    return Link(transform, (source - points).reshape(len(source), -1))


def _for_all(link: Link, num_images: int) -> Link:
    """Return the link with a theta for each image, if it has one for all."""
    shape = (num_images, link.theta.shape[1])
    return Link(link.transform, np.broadcast_to(link.theta, shape))
