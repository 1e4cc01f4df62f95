"""A distortion, drawn for all examples of a split."""

from dataclasses import dataclass, replace

import numpy as np

from stnctl.data.distortions.chain import Link, chain_of
from stnctl.data.distortions.draft import Crops, Draft, Size
from stnctl.data.distortions.draws import Draws, below
from stnctl.data.distortions.recipe import Recipe
from stnctl.data.distortions.steps import apply_step, width_of


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
        draft = _drawn(
            recipe, part[:, 1:], replace(draws, stream=100 * number), num_images, image_size
        )
        distorted.append(Distorted(source, chain_of(draft), draft.crops, draft.values))
    return distorted


def _drawn(
    recipe: Recipe, uniform: np.ndarray, draws: Draws, num_images: int, image_size: Size
) -> Draft:
    draft = Draft.begin(draws, num_images, image_size)
    start = 0
    for number, step in enumerate(recipe.steps):
        width = width_of(step)
        own = replace(draft, draws=replace(draws, stream=draws.stream + number))
        draft = apply_step(step, uniform[:, start : start + width], own)
        start += width
    return draft
