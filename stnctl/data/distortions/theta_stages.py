"""From drawn stages to thetas: as few transforms as can be, and always one sampling."""

from typing import NamedTuple

import numpy as np

from stnctl.data.distortions.pipeline_state import MatrixStage, PipelineState, SplineStage
from stnctl.geometry import TRANSFORMS, Transform
from stnctl.geometry.frames import Size, centers_to_normalized, half_sides
from stnctl.geometry.transforms import ThinPlateSpline


class ThetaStage(NamedTuple):
    """A transform with the thetas of all examples.

    Attributes:
        transform: The family.
        theta: (n, num_params), float64, target to source, with the centers of the corner pixels
            at -1 and 1.
    """

    transform: Transform
    theta: np.ndarray


_NOTHING = MatrixStage(np.eye(3)[None])


def theta_stages(draft: PipelineState) -> tuple[ThetaStage, ...]:
    """Return the transforms that take the pixels of V to points of U, one after another.

    Matrices in a row become one, and a spline takes up an affine map that comes before it: what
    it interpolates is linear in its offsets, and includes every affine map. So each set of the
    paper is a single transform, whose theta is the truth about the example. But nothing is folded
    into a homography that comes before it: the center of the canvas could get behind its horizon,
    and then no theta, whose h33 is 1, has the same horizon.
    """
    links: list[ThetaStage] = []  # the first is the nearest to U
    size, pending = draft.image_size, _NOTHING
    for stage in draft.stages:
        if not pending.is_affine:
            links.append(_matrix_link(pending, size, size))
            pending = _NOTHING
        if isinstance(stage, SplineStage):
            links.append(_spline_link(pending, stage, size))
            size, pending = stage.canvas, _NOTHING
        else:
            pending = MatrixStage(pending.matrix @ stage.matrix, stage.is_affine)
    if not links or size != draft.canvas or pending is not _NOTHING:
        links.append(_matrix_link(pending, size, draft.canvas))
    return tuple(reversed([_for_all(link, draft.num_images) for link in links]))


def _matrix_link(matrices: MatrixStage, input_size: Size, output_size: Size) -> ThetaStage:
    """Return the affine or projective transform of matrices in pixels, whose h33 is 1."""
    normalized = centers_to_normalized(matrices.matrix, input_size, output_size)
    transform = TRANSFORMS["affine" if matrices.is_affine else "projective"]
    return ThetaStage(transform, normalized.reshape(-1, 9)[:, : transform.num_params])


def _spline_link(before: MatrixStage, bend: SplineStage, input_size: Size) -> ThetaStage:
    """Return the spline whose control points go where the bend and then the matrices take them."""
    transform = ThinPlateSpline(bend.control_points)
    points = transform.points()  # (K, 2), normalized
    bent = points * half_sides(bend.canvas) + bend.offsets
    linear, shift = before.matrix[:, :2, :2], before.matrix[:, None, :2, 2]
    source = (bent @ np.swapaxes(linear, 1, 2) + shift) / half_sides(input_size)
    return ThetaStage(transform, (source - points).reshape(len(source), -1))


def _for_all(link: ThetaStage, num_images: int) -> ThetaStage:
    """Return the link with a theta for each image, if it has one for all."""
    shape = (num_images, link.theta.shape[1])
    return ThetaStage(link.transform, np.broadcast_to(link.theta, shape))
