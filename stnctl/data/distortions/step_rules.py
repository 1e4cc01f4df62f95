"""The steps: how numbers are drawn for each, and what they do to the draft."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_steps import Step
from stnctl.data.distortions.counter_rng import (
    CounterRNG,
    normal_from_uniform,
    uniform_below,
    uniform_between,
)
from stnctl.data.distortions.pipeline_state import Crops, MatrixStage, PipelineState, SplineStage
from stnctl.errors import ConfigError
from stnctl.geometry.homography import homographies_to_rectangle


@dataclass(frozen=True)
class StepRule:
    """How a kind of step is done.

    Attributes:
        width: The number of uniform numbers that it takes for each image.
        apply: From the step, these numbers (n, width) in [0, 1), and the draft so far to the next.
    """

    width: Callable[[Any], int]
    apply: Callable[[Any, np.ndarray, PipelineState], PipelineState]


def width_of(step: Step) -> int:
    """Return how many uniform numbers the step takes for each image."""
    return _RULES[type(step)].width(step)


def apply_step(step: Step, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    """Return the draft after one more step.

    Args:
        step: What to do.
        uniform: (n, `width_of` (step)), in [0, 1).
        draft: What was done before.

    Raises:
        ConfigError: If the step can't be done to such images.
    """
    return _RULES[type(step)].apply(step, uniform, draft)


def _rotate(step: config.Rotate, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    degrees = uniform_between(uniform[:, 0], step.degrees)
    angle = np.deg2rad(degrees)
    sine, cosine = np.sin(angle), np.cos(angle)
    return draft.after(_affine(cosine, -sine, 0, sine, cosine, 0), rotation=degrees)


def _scale(step: config.Scale, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    factor = uniform_between(uniform[:, 0], step.factor)
    larger = replace(draft, extent=draft.extent * factor[:, None])
    return larger.after(_affine(1 / factor, 0, 0, 0, 1 / factor, 0), scale=factor)


def _shear(step: config.Shear, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    degrees = uniform_between(uniform[:, 0], step.degrees)
    slope = np.tan(np.deg2rad(degrees))
    return draft.after(_affine(np.ones_like(slope), slope, 0, 0, 1, 0), shear=degrees)


def _shift(step: config.Shift, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    distance = uniform_between(uniform[:, 0], step.distance)
    angle = 2 * np.pi * uniform[:, 1]
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    return draft.after(_affine(1, 0, -x, 0, 1, -y), shift_x=x, shift_y=y)


def _corners(step: config.Corners, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    height, width = (np.array(draft.canvas) - 1) / 2
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)])
    try:
        offsets, matrix = moved_corners(corners, step.std, uniform, draft.draws)
    except ValueError as error:
        raise ConfigError(f"data.distortion: {error}") from error
    stage = MatrixStage(matrix, is_affine=False)
    return draft.after(stage, corner_x=offsets[..., 0], corner_y=offsets[..., 1])


def _elastic(step: config.Elastic, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    rows, columns = step.control_points
    offsets = normal_from_uniform(uniform, step.std).reshape(-1, rows * columns, 2)
    stage = SplineStage(offsets, step.control_points, draft.canvas)
    return draft.after(stage, elastic_x=offsets[..., 0], elastic_y=offsets[..., 1])


def _recanvas(step: config.ResizeCanvas, _: np.ndarray, draft: PipelineState) -> PipelineState:
    return replace(draft, canvas=step.size)


def _place(step: config.Place, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    """Put the top left corner of the image's frame on a pixel; the frame is whole if it fits."""
    canvas = np.array(step.canvas)
    if (draft.extent > canvas).any(axis=1).all():
        raise ConfigError(
            f"data.distortion: there is no place for the image on a canvas of {_by(step.canvas)}, "
            f"which is smaller than it is ({_by(draft.canvas)} before)",
            hint="take a larger canvas; to cut the image, use the step canvas",
        )
    room = np.floor(np.maximum(canvas - draft.extent, 0)).astype(np.int64)
    corner = np.where(
        canvas >= draft.extent, uniform_below(uniform, room + 1), (canvas - draft.extent) / 2
    )
    y, x = (corner + (draft.extent - canvas) / 2).T
    placed = replace(
        draft, canvas=step.canvas, extent=np.broadcast_to(canvas.astype(float), draft.extent.shape)
    )
    return placed.after(_affine(1, 0, -x, 0, 1, -y), shift_x=x, shift_y=y)


def _clutter(step: config.Clutter, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    """Choose other images than the one to be seen, and where to cut and to put."""
    room = np.array([draft.image_size, draft.canvas]) - step.size
    if room.min() < 0:
        raise ConfigError(
            f"data.distortion: crops of {step.size}x{step.size} pixels are larger than the images "
            f"({_by(draft.image_size)}) or the canvas ({_by(draft.canvas)})"
        )
    n = draft.num_images
    if n < 2:
        raise ConfigError("data.distortion: clutter needs at least 2 images")
    drawn = uniform.reshape(n, step.count, 5)
    ahead = 1 + uniform_below(drawn[..., 0], n - 1)
    source = (draft.source[:, None] + ahead) % n
    taken, placed = (
        uniform_below(drawn[..., 1:3], room[0] + 1),
        uniform_below(drawn[..., 3:5], room[1] + 1),
    )
    return replace(draft, crops=Crops(source, taken, placed, step.size))


def _affine(*entries: np.ndarray | float) -> MatrixStage:
    """Return the map of the entries a, b, tx, c, d, ty, each (n,) or one for all."""
    a, b, tx, c, d, ty = np.broadcast_arrays(*entries)
    zero, one = np.zeros_like(a, dtype=float), np.ones_like(a, dtype=float)
    return MatrixStage(np.stack([a, b, tx, c, d, ty, zero, zero, one], axis=-1).reshape(-1, 3, 3))


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


_RULES: dict[type, StepRule] = {
    config.Rotate: StepRule(lambda _: 1, _rotate),
    config.Scale: StepRule(lambda _: 1, _scale),
    config.Shear: StepRule(lambda _: 1, _shear),
    config.Shift: StepRule(lambda _: 2, _shift),
    config.Corners: StepRule(lambda _: 8, _corners),
    config.Elastic: StepRule(
        lambda step: 2 * step.control_points[0] * step.control_points[1], _elastic
    ),
    config.ResizeCanvas: StepRule(lambda _: 0, _recanvas),
    config.Place: StepRule(lambda _: 2, _place),
    config.Clutter: StepRule(lambda step: 5 * step.count, _clutter),
}


def moved_corners(
    corners: np.ndarray, std: float, uniform: np.ndarray, draws: CounterRNG
) -> tuple[np.ndarray, np.ndarray]:
    """Draw where the corners of the canvas go, and the homographies that bring them back.

    Corners that make no convex quadrilateral are drawn again: 0.7 % of them if they move by 5 of
    27 pixels, and a half at most.

    Args:
        corners: (4, 2), (x, y), in order round the canvas.
        std: Standard deviation of each x and y.
        uniform: (n, 8), in [0, 1).
        draws: Gives numbers anew.

    Returns:
        The offsets of the corners, (n, 4, 2), and matrices (n, 3, 3) from V to U, with h33 = 1.

    Raises:
        ValueError: If ``std`` is above half a side of the canvas, or a side is a single pixel.
    """
    most = min(np.ptp(corners, axis=0)) / 2
    if not most:
        raise ValueError("a canvas with a side of one pixel has no corners to move")
    if std > most:
        raise ValueError(
            f"corners that move by {std:g} pixels hardly leave a convex canvas: expected at "
            f"most half of its shorter side, {most:g}"
        )
    offsets = normal_from_uniform(uniform, std).reshape(-1, 4, 2)
    matrices, good = homographies_to_rectangle(corners, corners + offsets)
    attempt = 0
    while len(bad := np.flatnonzero(~good)):
        attempt += 1
        offsets[bad] = normal_from_uniform(draws.again(bad, 8, attempt), std).reshape(-1, 4, 2)
        matrices[bad], good[bad] = homographies_to_rectangle(corners, corners + offsets[bad])
    return offsets, matrices
