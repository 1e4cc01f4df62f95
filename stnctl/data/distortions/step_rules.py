"""Rules of the distortion steps: drawn values of a step, and its effect on the pipeline state.

The signs of rotation, shear and shift are those of the motions in `stnctl.warping.from_motion`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.config import distortion_steps as steps
from stnctl.config.distortion_steps import Step
from stnctl.data.distortions.counter_rng import (
    CounterRNG,
    normal_from_uniform,
    uniform_below,
    uniform_between,
)
from stnctl.data.distortions.pipeline_state import Crops, MatrixStage, PipelineState, SplineStage
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.geometry.homography import homographies_to_rectangle


@dataclass(frozen=True)
class StepRule:
    """Rule of one kind of distortion step.

    Attributes:
        width: Function from a step to the number of uniform random numbers that it needs for each
            image.
        apply: Function that returns the next state. Its arguments are the step, the random numbers
            (n, width) in [0, 1), and the state.
    """

    width: Callable[[Any], int]
    apply: Callable[[Any, np.ndarray, PipelineState], PipelineState]


def width_of(step: Step) -> int:
    """Return the number of uniform random numbers that a step needs for each image."""
    return RULES[type(step)].width(step)


def apply_step(step: Step, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    """Return the state after one more step.

    Args:
        step: The step.
        uniform: Uniform random numbers in [0, 1), (n, width), with the width of `width_of`.
        state: The state after the previous steps.

    Raises:
        ConfigError: If the step is impossible for images of this size or number.
    """
    return RULES[type(step)].apply(step, uniform, state)


def move_corners(
    corners: np.ndarray, std: float, uniform: np.ndarray, rng: CounterRNG
) -> tuple[np.ndarray, np.ndarray]:
    """Draw offsets of the corners of a canvas, and compute the homographies back to the canvas.

    If the moved corners of an image form no convex quadrilateral, they are drawn again. This is the
    case for 0.7 % of the images if ``std`` is 5 pixels and the sides are 27, and for at most half
    of them with the largest ``std``.

    Args:
        corners: Points (x, y) in pixels, in order around the canvas, (4, 2).
        std: Standard deviation of each x and y, in pixels.
        uniform: Uniform random numbers in [0, 1), (n, 8).
        rng: Random generator for redrawn corners.

    Returns:
        The offsets (x, y) of the corners, (n, 4, 2), and the homographies, (n, 3, 3). They map
        points of V, where the corners are moved, to points of U (target to source), with h33 = 1.

    Raises:
        ValueError: If ``std`` is above half of the shorter side, or a side is a single pixel.
    """
    most = min(np.ptp(corners, axis=0)) / 2
    if not most:
        raise ValueError("a canvas with a side of one pixel has no corners to move")
    if std > most:
        raise ValueError(
            f"corners that move by {std:g} pixels rarely keep the canvas convex: expected at "
            f"most half of its shorter side, {most:g}"
        )
    offsets = normal_from_uniform(uniform, std).reshape(-1, 4, 2)
    matrices, is_convex = homographies_to_rectangle(corners, corners + offsets)
    attempt = 0
    while len(bad := np.flatnonzero(~is_convex)):
        attempt += 1
        offsets[bad] = normal_from_uniform(rng.redraw(bad, 8, attempt), std).reshape(-1, 4, 2)
        matrices[bad], is_convex[bad] = homographies_to_rectangle(corners, corners + offsets[bad])
    return offsets, matrices


def _rotate(step: steps.Rotate, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    degrees = uniform_between(uniform[:, 0], step.degrees)
    angle = np.deg2rad(degrees)
    sine, cosine = np.sin(angle), np.cos(angle)
    return state.after(_affine(cosine, -sine, 0, sine, cosine, 0), rotation=degrees)


def _scale(step: steps.Scale, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    factor = uniform_between(uniform[:, 0], step.factor)
    scaled = replace(state, extent=state.extent * factor[:, None])
    return scaled.after(_affine(1 / factor, 0, 0, 0, 1 / factor, 0), scale=factor)


def _shear(step: steps.Shear, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    degrees = uniform_between(uniform[:, 0], step.degrees)
    slope = np.tan(np.deg2rad(degrees))
    return state.after(_affine(np.ones_like(slope), slope, 0, 0, 1, 0), shear=degrees)


def _shift(step: steps.Shift, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    distance = uniform_between(uniform[:, 0], step.distance)
    angle = 2 * np.pi * uniform[:, 1]
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    return state.after(_affine(1, 0, -x, 0, 1, -y), shift_x=x, shift_y=y)


def _corners(step: steps.Corners, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    height, width = (np.array(state.canvas) - 1) / 2
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)])
    try:
        offsets, matrix = move_corners(corners, step.std, uniform, state.rng)
    except ValueError as error:
        raise _error(str(error)) from error
    stage = MatrixStage(matrix, is_affine=False)
    return state.after(stage, corner_x=offsets[..., 0], corner_y=offsets[..., 1])


def _elastic(step: steps.Elastic, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    rows, columns = step.control_points
    offsets = normal_from_uniform(uniform, step.std).reshape(-1, rows * columns, 2)
    stage = SplineStage(offsets, step.control_points, state.canvas)
    return state.after(stage, elastic_x=offsets[..., 0], elastic_y=offsets[..., 1])


def _resize_canvas(step: steps.ResizeCanvas, _: np.ndarray, state: PipelineState) -> PipelineState:
    return replace(state, canvas=step.size)


def _place(step: steps.Place, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    """Place each image at random, with the top left corner of its extent on a pixel.

    An image that fits is within the canvas. If a side is longer than the canvas, it is centered.
    """
    canvas = np.array(step.canvas)
    if (state.extent > canvas).any(axis=1).all():
        raise _error(
            f"there is no place for the image on a canvas of {_by(step.canvas)}, which is smaller "
            f"than the image ({_by(state.canvas)} before)",
            hint="use a larger canvas; to cut the image, use the step canvas",
        )
    room = np.floor(np.maximum(canvas - state.extent, 0)).astype(np.int64)
    corner = np.where(
        canvas >= state.extent, uniform_below(uniform, room + 1), (canvas - state.extent) / 2
    )
    y, x = (corner + (state.extent - canvas) / 2).T
    placed = replace(
        state, canvas=step.canvas, extent=np.broadcast_to(canvas.astype(float), state.extent.shape)
    )
    return placed.after(_affine(1, 0, -x, 0, 1, -y), shift_x=x, shift_y=y)


def _clutter(step: steps.Clutter, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    """Choose crops of other images for each example, and their places on the canvas."""
    room = np.array([state.image_size, state.canvas]) - step.size
    if room.min() < 0:
        raise _error(
            f"crops of {step.size}x{step.size} pixels are larger than the images "
            f"({_by(state.image_size)}) or the canvas ({_by(state.canvas)})"
        )
    n = state.num_images
    if n < 2:
        raise _error("clutter needs at least 2 images")
    drawn = uniform.reshape(n, step.count, 5)
    ahead = 1 + uniform_below(drawn[..., 0], n - 1)
    crops = Crops(
        image_indices=(state.image_indices[:, None] + ahead) % n,
        image_corners=uniform_below(drawn[..., 1:3], room[0] + 1),
        canvas_corners=uniform_below(drawn[..., 3:5], room[1] + 1),
        size=step.size,
    )
    return replace(state, crops=crops)


def _affine(*entries: np.ndarray | float) -> MatrixStage:
    """Return the affine stage of a, b, tx, c, d, ty, each (n,) or one number for all images."""
    a, b, tx, c, d, ty = np.broadcast_arrays(*entries)
    zero, one = np.zeros_like(a, dtype=float), np.ones_like(a, dtype=float)
    return MatrixStage(np.stack([a, b, tx, c, d, ty, zero, zero, one], axis=-1).reshape(-1, 3, 3))


def _error(problem: str, *, hint: str | None = None) -> ConfigError:
    return ConfigError(ConfigProblem(problem, path="data.distortion"), hint=hint)


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


RULES: dict[type[steps.StepSection], StepRule] = {
    steps.Rotate: StepRule(lambda _: 1, _rotate),
    steps.Scale: StepRule(lambda _: 1, _scale),
    steps.Shear: StepRule(lambda _: 1, _shear),
    steps.Shift: StepRule(lambda _: 2, _shift),
    steps.Corners: StepRule(lambda _: 8, _corners),
    steps.Elastic: StepRule(
        lambda step: 2 * step.control_points[0] * step.control_points[1], _elastic
    ),
    steps.ResizeCanvas: StepRule(lambda _: 0, _resize_canvas),
    steps.Place: StepRule(lambda _: 2, _place),
    steps.Clutter: StepRule(lambda step: 5 * step.count, _clutter),
}
"""Class of a step -> its rule."""
