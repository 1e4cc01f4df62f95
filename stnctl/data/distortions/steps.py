"""The steps: how numbers are drawn for each, and what they do to the draft."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.config import distortion as config
from stnctl.config.distortion import Step
from stnctl.data.distortions.corners import moved_corners
from stnctl.data.distortions.draft import Bend, Crops, Draft, Matrices
from stnctl.data.distortions.draws import below, between, normal
from stnctl.errors import ConfigError


@dataclass(frozen=True)
class Rule:
    """How a kind of step is done.

    Attributes:
        width: The number of uniform numbers that it takes for each image.
        apply: From the step, these numbers (n, width) in [0, 1), and the draft so far to the next.
    """

    width: Callable[[Any], int]
    apply: Callable[[Any, np.ndarray, Draft], Draft]


def width_of(step: Step) -> int:
    """Return how many uniform numbers the step takes for each image."""
    return _RULES[type(step)].width(step)


def apply_step(step: Step, uniform: np.ndarray, draft: Draft) -> Draft:
    """Return the draft after one more step.

    Args:
        step: What to do.
        uniform: (n, `width_of` (step)), in [0, 1).
        draft: What was done before.

    Raises:
        ConfigError: If the step can't be done to such images.
    """
    return _RULES[type(step)].apply(step, uniform, draft)


def _rotate(step: config.Rotate, uniform: np.ndarray, draft: Draft) -> Draft:
    degrees = between(uniform[:, 0], step.degrees)
    angle = np.deg2rad(degrees)
    sine, cosine = np.sin(angle), np.cos(angle)
    return draft.after(_affine(cosine, -sine, 0, sine, cosine, 0), rotation=degrees)


def _scale(step: config.Scale, uniform: np.ndarray, draft: Draft) -> Draft:
    factor = between(uniform[:, 0], step.factor)
    larger = replace(draft, extent=draft.extent * factor[:, None])
    return larger.after(_affine(1 / factor, 0, 0, 0, 1 / factor, 0), scale=factor)


def _shear(step: config.Shear, uniform: np.ndarray, draft: Draft) -> Draft:
    degrees = between(uniform[:, 0], step.degrees)
    slope = np.tan(np.deg2rad(degrees))
    return draft.after(_affine(np.ones_like(slope), slope, 0, 0, 1, 0), shear=degrees)


def _shift(step: config.Shift, uniform: np.ndarray, draft: Draft) -> Draft:
    distance = between(uniform[:, 0], step.distance)
    angle = 2 * np.pi * uniform[:, 1]
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    return draft.after(_affine(1, 0, -x, 0, 1, -y), shift_x=x, shift_y=y)


def _corners(step: config.Corners, uniform: np.ndarray, draft: Draft) -> Draft:
    height, width = (np.array(draft.canvas) - 1) / 2
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)])
    try:
        offsets, matrix = moved_corners(corners, step.std, uniform, draft.draws)
    except ValueError as error:
        raise ConfigError(f"data.distortion: {error}") from error
    stage = Matrices(matrix, is_affine=False)
    return draft.after(stage, corner_x=offsets[..., 0], corner_y=offsets[..., 1])


def _elastic(step: config.Elastic, uniform: np.ndarray, draft: Draft) -> Draft:
    rows, columns = step.control_points
    offsets = normal(uniform, step.std).reshape(-1, rows * columns, 2)
    stage = Bend(offsets, step.control_points, draft.canvas)
    return draft.after(stage, elastic_x=offsets[..., 0], elastic_y=offsets[..., 1])


def _recanvas(step: config.Recanvas, _: np.ndarray, draft: Draft) -> Draft:
    return replace(draft, canvas=step.size)


def _place(step: config.Place, uniform: np.ndarray, draft: Draft) -> Draft:
    """Put the top left corner of the image's frame on a pixel; the frame is whole if it fits."""
    canvas = np.array(step.canvas)
    if (draft.extent > canvas).any(axis=1).all():
        raise ConfigError(
            f"data.distortion: there is no place for the image on a canvas of {_by(step.canvas)}, "
            f"which is smaller than it is ({_by(draft.canvas)} before)",
            hint="take a larger canvas; to cut the image, use the step canvas",
        )
    room = np.floor(np.maximum(canvas - draft.extent, 0)).astype(np.int64)
    corner = np.where(canvas >= draft.extent, below(uniform, room + 1), (canvas - draft.extent) / 2)
    y, x = (corner + (draft.extent - canvas) / 2).T
    placed = replace(
        draft, canvas=step.canvas, extent=np.broadcast_to(canvas.astype(float), draft.extent.shape)
    )
    return placed.after(_affine(1, 0, -x, 0, 1, -y), shift_x=x, shift_y=y)


def _clutter(step: config.Clutter, uniform: np.ndarray, draft: Draft) -> Draft:
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
    ahead = 1 + below(drawn[..., 0], n - 1)
    source = (draft.source[:, None] + ahead) % n
    taken, placed = below(drawn[..., 1:3], room[0] + 1), below(drawn[..., 3:5], room[1] + 1)
    return replace(draft, crops=Crops(source, taken, placed, step.size))


def _affine(*entries: np.ndarray | float) -> Matrices:
    """Return the map of the entries a, b, tx, c, d, ty, each (n,) or one for all."""
    a, b, tx, c, d, ty = np.broadcast_arrays(*entries)
    zero, one = np.zeros_like(a, dtype=float), np.ones_like(a, dtype=float)
    return Matrices(np.stack([a, b, tx, c, d, ty, zero, zero, one], axis=-1).reshape(-1, 3, 3))


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


_RULES: dict[type, Rule] = {
    config.Rotate: Rule(lambda _: 1, _rotate),
    config.Scale: Rule(lambda _: 1, _scale),
    config.Shear: Rule(lambda _: 1, _shear),
    config.Shift: Rule(lambda _: 2, _shift),
    config.Corners: Rule(lambda _: 8, _corners),
    config.Elastic: Rule(
        lambda step: 2 * step.control_points[0] * step.control_points[1], _elastic
    ),
    config.Recanvas: Rule(lambda _: 0, _recanvas),
    config.Place: Rule(lambda _: 2, _place),
    config.Clutter: Rule(lambda step: 5 * step.count, _clutter),
}
