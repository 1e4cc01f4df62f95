"""Views of the data under other distortions than a run was trained on."""

from dataclasses import replace
from typing import Any

from stnctl.config.distortion_sets import Distortion, NoDistortion
from stnctl.config.distortion_steps import Place
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.errors import ConfigError, UsageError
from stnctl.geometry.frames import Size


def natural_canvas(distortion: Distortion, view: SplitView) -> Size:
    """Return the (height, width) that a distortion by itself makes of the images of a view."""
    return distortion_spec(distortion).canvas(_image_size(view))


def room_to_move(distortion: Distortion, canvas: Size, image_size: Size) -> float | None:
    """Return how much longer than an image's frame a canvas is, in pixels.

    Along the axis where it is the most, at the smallest scale; negative if it is shorter.

    Args:
        distortion: A set.
        canvas: (height, width) of the result.
        image_size: (height, width) of the images.

    Returns:
        The pixels, or None if the set puts nothing at a random place.
    """
    if not any(isinstance(step, Place) for step in distortion_spec(distortion).steps):
        return None
    smallest = getattr(distortion, "scale", (1.0, 1.0))[0]
    return max(side - smallest * own for side, own in zip(canvas, image_size, strict=True))


def fit_to_view(distortion: Distortion, view: SplitView) -> Distortion:
    """Return a distortion whose result has the size (H, W) of a view's examples.

    A set whose canvas was not given takes this size; what a list of steps makes, and images as
    they are, go to the center of it.

    Args:
        distortion: What is to be done to the images.
        view: The split as the network knows it.

    Raises:
        UsageError: If a canvas of another size was given, or the set is to put images at random
            places of this one, and there is only one place.
    """
    size = view.input_shape[:2]
    if isinstance(distortion, tuple | NoDistortion):
        if natural_canvas(distortion, view) == size:
            return distortion
        return distortion_spec(distortion).on_canvas(size, _image_size(view)).steps
    if "canvas" not in distortion.model_fields_set:
        return _on_network(distortion, view)
    if (found := natural_canvas(distortion, view)) != size:
        raise UsageError(
            f"the distortion {distortion.set} has a canvas of {_by(found)} pixels, but the network "
            f"takes images of {_by(size)}",
            hint="leave the canvas out, and it is the network's",
        )
    return distortion


def _on_network(distortion: Any, view: SplitView) -> Distortion:
    """Return a set on the canvas of a network, if it has room for what is placed at random."""
    size, image_size = view.input_shape[:2], _image_size(view)
    room = room_to_move(distortion, size, image_size)
    if room is not None and room < 1:
        steps = f"[{{step: scale, factor: [0.5, 0.5]}}, {{step: place, canvas: {list(size)}}}]"
        raise UsageError(
            f"the distortion {distortion.set} puts images of {_by(image_size)} pixels at random "
            f"places, but the network's canvas of {_by(size)} has no room to move them",
            hint=f"evaluate a run on a larger canvas, or make the images smaller: '{steps}'",
        )
    if natural_canvas(distortion, view) == size:
        return distortion
    return distortion.model_copy(update={"canvas": size})


def with_distortion(view: SplitView, distortion: Distortion) -> SplitView:
    """Return a view under another distortion, drawn from the same seed.

    If its examples are made of several images, the distortion is done to each of them.

    Args:
        view: The split as the network knows it.
        distortion: One that is `fit_to_view` to the view.

    Raises:
        UsageError: If the distortion makes an example of more images than the view does.
    """
    recipe, num_images = distortion_spec(distortion), view.spec.num_images
    if recipe.num_images > num_images:
        raise UsageError(
            f"an example under this distortion is made of {recipe.num_images} images, but the "
            f"network takes single ones",
            hint="evaluate a run that was trained on the set addition",
        )
    return replace(view, spec=replace(recipe, num_images=num_images))


def draw_examples(view: SplitView, said: str) -> EpochExamples:
    """Return the examples of a view.

    Args:
        view: A view that is `with_distortion`.
        said: How its distortion was asked for.

    Raises:
        UsageError: If it can't be done to such images.
    """
    try:
        return view.examples()
    except ConfigError as error:
        raise UsageError(f"{said}: {str(error).removeprefix('data.distortion: ')}") from error


def distortion_as_data(distortion: Distortion) -> Any:
    """Return a distortion with all its numbers as plain data: a section, or a list of them."""
    if isinstance(distortion, tuple):
        return [step.model_dump(mode="json") for step in distortion]
    return distortion.model_dump(mode="json")


def _image_size(view: SplitView) -> Size:
    return view.split.images.shape[1:3]


def _by(size: Size) -> str:
    return f"{size[0]}x{size[1]}"
