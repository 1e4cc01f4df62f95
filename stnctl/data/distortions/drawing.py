"""Random draw of a distortion for all examples of a split."""

from dataclasses import dataclass, replace

import numpy as np

from stnctl.data.distortions.counter_rng import CounterRNG, uniform_below
from stnctl.data.distortions.distortion_spec import DistortionSpec
from stnctl.data.distortions.pipeline_state import Crops, PipelineState
from stnctl.data.distortions.step_rules import apply_step, width_of
from stnctl.data.distortions.theta_stages import ThetaStage, theta_stages
from stnctl.geometry.frames import Size

_STREAMS_PER_IMAGE = 100
"""More than a distortion can have steps."""


@dataclass(frozen=True, eq=False)
class DrawnDistortion:
    """Drawn distortions of N examples, for one image of each example.

    Attributes:
        image_indices: Index of this image in the split, for each example, (N,).
        theta_stages: Transforms with the thetas of all examples. They map pixels of V to points of
            U, and are ordered from V to U.
        crops: Crops of other images, which are added as clutter; None without clutter.
        values: Name -> drawn values, such as "rotation" (N,) or "corner_x" (N, 4).
    """

    image_indices: np.ndarray
    theta_stages: tuple[ThetaStage, ...]
    crops: Crops | None
    values: dict[str, np.ndarray]


def draw_distortions(
    spec: DistortionSpec, rng: CounterRNG, num_images: int, image_size: Size
) -> list[DrawnDistortion]:
    """Draw the distortions of all examples of a split.

    The first image of example i is image i of the split; its other images are chosen at random.

    Args:
        spec: The steps, and the number of images in an example.
        rng: Random generator.
        num_images: N, the number of images in the split, which is also the number of examples.
        image_size: (h, w) of the images.

    Returns:
        One `DrawnDistortion` for each of the ``spec.num_images`` images of an example, in order.

    Raises:
        ConfigError: If a step is impossible for images of this size or number.
    """
    width = 1 + sum(map(width_of, spec.steps))
    uniform = rng.uniform(num_images, width * spec.num_images)
    parts = np.split(uniform, spec.num_images, axis=1)
    distortions = []
    for number, part in enumerate(parts):
        indices = uniform_below(part[:, 0], num_images) if number else np.arange(num_images)
        own_rng = replace(rng, stream=_STREAMS_PER_IMAGE * number)
        state = _apply_steps(spec, part[:, 1:], PipelineState.begin(own_rng, indices, image_size))
        distortions.append(DrawnDistortion(indices, theta_stages(state), state.crops, state.values))
    return distortions


def _apply_steps(spec: DistortionSpec, uniform: np.ndarray, state: PipelineState) -> PipelineState:
    """Return the state after all steps.

    Each step has its own columns of ``uniform`` and its own stream of redrawn numbers.
    """
    ends = np.cumsum([width_of(step) for step in spec.steps])
    for step, columns in zip(spec.steps, np.split(uniform, ends, axis=1), strict=False):
        state = apply_step(step, columns, state)
        state = replace(state, rng=replace(state.rng, stream=state.rng.stream + 1))
    return state
