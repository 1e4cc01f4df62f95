"""A distortion, drawn for all examples of a split."""

from dataclasses import dataclass, replace

import numpy as np

from stnctl.data.distortions.counter_rng import CounterRNG, uniform_below
from stnctl.data.distortions.distortion_spec import DistortionSpec
from stnctl.data.distortions.pipeline_state import Crops, PipelineState
from stnctl.data.distortions.step_rules import apply_step, width_of
from stnctl.data.distortions.theta_stages import ThetaStage, theta_stages
from stnctl.geometry.frames import Size

_MOST_STEPS = 100
"""More than a recipe can have."""


@dataclass(frozen=True, eq=False)
class DrawnDistortion:
    """How one image of each of N examples is distorted.

    Attributes:
        source: The image, (N,): its index in the split.
        links: The transforms that take pixels of V to points of U, one after another.
        crops: Crops of other images that are added, or None.
        values: What was drawn, as a person calls it: "rotation" (N,), "corner_x" (N, 4), ...
    """

    source: np.ndarray
    links: tuple[ThetaStage, ...]
    crops: Crops | None
    values: dict[str, np.ndarray]


def draw_distortions(
    recipe: DistortionSpec, draws: CounterRNG, num_images: int, image_size: Size
) -> list[DrawnDistortion]:
    """Return the images of each example, one for each of the recipe's images.

    The first image of example i is image i of the split, others are chosen at random.

    Args:
        recipe: What is done.
        draws: Where numbers come from.
        num_images: N, the number of images, and of examples.
        image_size: (h, w) of the images.

    Raises:
        ConfigError: If a step can't be done to such images.
    """
    width = 1 + sum(map(width_of, recipe.steps))
    uniform = draws.uniform(num_images, width * recipe.num_images)
    parts = np.split(uniform, recipe.num_images, axis=1)
    distorted = []
    for number, part in enumerate(parts):
        source = uniform_below(part[:, 0], num_images) if number else np.arange(num_images)
        own = replace(draws, stream=_MOST_STEPS * number)
        draft = _drawn(recipe, part[:, 1:], PipelineState.begin(own, source, image_size))
        distorted.append(DrawnDistortion(source, theta_stages(draft), draft.crops, draft.values))
    return distorted


def _drawn(recipe: DistortionSpec, uniform: np.ndarray, draft: PipelineState) -> PipelineState:
    """Return the draft after all steps, each with its own columns and its own stream of numbers."""
    ends = np.cumsum([width_of(step) for step in recipe.steps])
    for step, own in zip(recipe.steps, np.split(uniform, ends, axis=1), strict=False):
        draft = apply_step(step, own, draft)
        draft = replace(draft, draws=replace(draft.draws, stream=draft.draws.stream + 1))
    return draft
