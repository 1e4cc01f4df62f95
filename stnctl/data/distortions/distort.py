"""A distortion, drawn for all examples of a split."""

from dataclasses import dataclass, replace

import numpy as np

from stnctl.data.distortions.chain import Link, chain_of
from stnctl.data.distortions.draft import Crops, Draft
from stnctl.data.distortions.draws import Draws, below
from stnctl.data.distortions.recipe import Recipe
from stnctl.data.distortions.steps import apply_step, width_of
from stnctl.geometry.frames import Size

_MOST_STEPS = 100
"""More than a recipe can have."""


@dataclass(frozen=True, eq=False)
class Distorted:
    """How one image of each of N examples is distorted.

    Attributes:
        source: The image, (N,): its index in the split.
        links: The transforms that take pixels of V to points of U, one after another.
        crops: Crops of other images that are added, or None.
        values: What was drawn, as a person calls it: "rotation" (N,), "corner_x" (N, 4), ...
    """

    source: np.ndarray
    links: tuple[Link, ...]
    crops: Crops | None
    values: dict[str, np.ndarray]


def draw(recipe: Recipe, draws: Draws, num_images: int, image_size: Size) -> list[Distorted]:
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
        source = below(part[:, 0], num_images) if number else np.arange(num_images)
        own = replace(draws, stream=_MOST_STEPS * number)
        draft = _drawn(recipe, part[:, 1:], Draft.begin(own, source, image_size))
        distorted.append(Distorted(source, chain_of(draft), draft.crops, draft.values))
    return distorted


def _drawn(recipe: Recipe, uniform: np.ndarray, draft: Draft) -> Draft:
    """Return the draft after all steps, each with its own columns and its own stream of numbers."""
    ends = np.cumsum([width_of(step) for step in recipe.steps])
    for step, own in zip(recipe.steps, np.split(uniform, ends, axis=1), strict=False):
        draft = apply_step(step, own, draft)
        draft = replace(draft, draws=replace(draft.draws, stream=draft.draws.stream + 1))
    return draft
