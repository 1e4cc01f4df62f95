"""Views of the data under other distortions than a run was trained on."""

from dataclasses import replace
from typing import Any

from stnctl.config import Distortion
from stnctl.config.distortion import Nothing, Resize
from stnctl.data.distortions.recipe import recipe_of
from stnctl.data.views import View
from stnctl.errors import UsageError


def fitted(distortion: Distortion, view: View) -> Distortion:
    """Return a distortion whose result has the size (H, W) of a view's examples.

    A set whose canvas was not given takes this size; what a list of steps makes, and images as
    they are, go to the center of it.

    Args:
        distortion: What is to be done to the images.
        view: The split as the network knows it.

    Raises:
        UsageError: If a canvas of another size was given.
    """
    size, image_size = view.input_shape[:2], view.split.images.shape[1:3]
    found = recipe_of(distortion).canvas(image_size)
    if found == size:
        return distortion
    if isinstance(distortion, Nothing):
        return (Resize(size=size),)
    if isinstance(distortion, tuple):
        return (*distortion, Resize(size=size))
    if "canvas" in distortion.model_fields_set:
        raise UsageError(
            f"the distortion {distortion.set} has a canvas of {_by(found)} pixels, but the network "
            f"takes images of {_by(size)}",
            hint="leave the canvas out, and it is the network's",
        )
    return distortion.model_copy(update={"canvas": size})


def distorted(view: View, distortion: Distortion) -> View:
    """Return a view under another distortion, drawn from the same seed.

    If its examples are made of several images, the distortion is done to each of them.

    Args:
        view: The split as the network knows it.
        distortion: One that is `fitted` to the view.

    Raises:
        UsageError: If the distortion makes an example of more images than the view does.
    """
    recipe, num_images = recipe_of(distortion), view.recipe.num_images
    if recipe.num_images > num_images:
        raise UsageError(
            f"an example under this distortion is made of {recipe.num_images} images, but the "
            f"network takes single ones",
            hint="evaluate a run that was trained on the set addition",
        )
    return replace(view, recipe=replace(recipe, num_images=num_images))


def spelled(distortion: Distortion) -> Any:
    """Return a distortion with all its numbers as plain data: a section, or a list of them."""
    if isinstance(distortion, tuple):
        return [step.model_dump(mode="json") for step in distortion]
    return distortion.model_dump(mode="json")


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
