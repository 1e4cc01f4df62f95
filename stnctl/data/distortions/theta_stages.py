"""Theta stages of a drawn distortion: the fewest transforms that have the effect of all steps."""

from typing import NamedTuple

import numpy as np

from stnctl.data.distortions.pipeline_state import MatrixStage, PipelineState, SplineStage
from stnctl.geometry.frames import Size, centers_to_normalized
from stnctl.geometry.grid import half_span
from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.geometry.transforms.transform import Transform


class ThetaStage(NamedTuple):
    """Transform with the theta of each example.

    Attributes:
        transform: The transform.
        theta: (n, num_params), float64. It maps target to source in normalized coordinates, with -1
            and 1 at the centers of the corner pixels.
    """

    transform: Transform
    theta: np.ndarray


_IDENTITY = MatrixStage(np.eye(3)[None])


def theta_stages(state: PipelineState) -> tuple[ThetaStage, ...]:
    """Return the transforms of a state with their thetas, ordered from V to U.

    They map pixels of V to points of U. Consecutive matrices are multiplied. A spline absorbs an
    affine step before it, since the interpolation of a spline is linear in its offsets and includes
    every affine map. So each set of the paper is a single transform, and its theta is the ground
    truth of the example.

    A homography is not combined with the steps after it. The center of the canvas could otherwise
    be mapped behind the horizon of the homography, and no theta, whose h33 is 1, expresses this.
    """
    stages: list[ThetaStage] = []  # the first is the nearest to U
    size, pending = state.image_size, _IDENTITY
    for stage in state.stages:
        if not pending.is_affine:
            stages.append(_matrix_theta(pending, size, size))
            pending = _IDENTITY
        if isinstance(stage, SplineStage):
            stages.append(_spline_theta(pending, stage, size))
            size, pending = stage.canvas, _IDENTITY
        else:
            pending = MatrixStage(pending.matrix @ stage.matrix, stage.is_affine)
    if not stages or size != state.canvas or pending is not _IDENTITY:
        stages.append(_matrix_theta(pending, size, state.canvas))
    return tuple(reversed([_for_all_images(stage, state.num_images) for stage in stages]))


def _matrix_theta(stage: MatrixStage, input_size: Size, output_size: Size) -> ThetaStage:
    """Return the affine or projective transform of matrices in pixels, whose h33 is 1."""
    normalized = centers_to_normalized(stage.matrix, input_size, output_size)
    transform = TRANSFORMS["affine" if stage.is_affine else "projective"]
    return ThetaStage(transform, normalized.reshape(-1, 9)[:, : transform.num_params])


def _spline_theta(before: MatrixStage, spline: SplineStage, input_size: Size) -> ThetaStage:
    """Return the spline that moves its control points by the offsets, then by the matrices."""
    transform = ThinPlateSpline(spline.control_points)
    points = transform.points()  # (K, 2), normalized
    moved = points * half_span(spline.canvas) + spline.offsets
    linear, shift = before.matrix[:, :2, :2], before.matrix[:, None, :2, 2]
    source = (moved @ np.swapaxes(linear, 1, 2) + shift) / half_span(input_size)
    return ThetaStage(transform, (source - points).reshape(len(source), -1))


def _for_all_images(stage: ThetaStage, num_images: int) -> ThetaStage:
    """Return the stage with one theta for each image, even if all images share a theta."""
    shape = (num_images, stage.theta.shape[1])
    return ThetaStage(stage.transform, np.broadcast_to(stage.theta, shape))
