"""Split views of a run in which another distortion replaces the distortion of the run."""

from dataclasses import dataclass, replace
from typing import Any

from stnctl.config.distortion_sets import Distortion, NoDistortion
from stnctl.config.distortion_steps import Place
from stnctl.config.messages import shorten
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.errors import ConfigError, UsageError
from stnctl.geometry.frames import Size

_MAX_SHOWN = 60


@dataclass(frozen=True)
class DistortionOverride:
    """Distortion that replaces the distortion of a run in an evaluation.

    Attributes:
        text: The distortion as the user wrote it.
        distortion: The parsed distortion.
    """

    text: str
    distortion: Distortion

    @property
    def name(self) -> str:
        """The text without outer brackets, for a file name; ``none`` if it is empty."""
        return self.text.strip("{[ ]}") or "none"

    @property
    def shown(self) -> str:
        """The text for headings, shortened."""
        return shorten(self.text, _MAX_SHOWN)


@dataclass(frozen=True, eq=False)
class OverriddenExamples:
    """Examples of a split under another distortion than that of the run.

    Attributes:
        examples: The examples.
        distortion: The distortion with all its parameters as JSON data.
        note: Text for the user that the canvas of the network replaces the canvas of the
            distortion; None if they are equal.
    """

    examples: EpochExamples
    distortion: Any
    note: str | None


def overridden_examples(view: SplitView, override: DistortionOverride) -> OverriddenExamples:
    """Return the examples of a split under another distortion, on the canvas of the network.

    Args:
        view: A split with the distortion of the run.
        override: The new distortion.

    Raises:
        UsageError: If the distortion does not fit the network or the images.
    """
    fitted = fit_to_view(override.distortion, view)
    note = _canvas_note(view.input_shape[:2], natural_canvas(override.distortion, view))
    examples = draw_examples(with_distortion(view, fitted), f"--distortion {override.text}")
    return OverriddenExamples(examples, distortion_as_data(fitted), note)


def natural_canvas(distortion: Distortion, view: SplitView) -> Size:
    """Return the canvas (height, width) of a distortion that is applied to the images of a view."""
    return distortion_spec(distortion).canvas(_image_size(view))


def room_to_move(distortion: Distortion, canvas: Size, image_size: Size) -> float | None:
    """Return the margin by which a canvas exceeds the image, in pixels.

    The margin is computed for the smallest scale of the image, along each axis; the larger of the
    two values is returned. It is negative if the image is larger than the canvas.

    Args:
        distortion: A distortion set of the paper.
        canvas: (height, width) of the canvas.
        image_size: (height, width) of the stored images.

    Returns:
        The margin; None if the set does not place images at random.
    """
    if not any(isinstance(step, Place) for step in distortion_spec(distortion).steps):
        return None
    smallest = getattr(distortion, "scale", (1.0, 1.0))[0]
    return max(side - smallest * length for side, length in zip(canvas, image_size, strict=True))


def fit_to_view(distortion: Distortion, view: SplitView) -> Distortion:
    """Return a distortion with a canvas of the size (H, W) of a view's examples.

    A set without an explicit canvas gets a canvas of this size. The result of a list of steps, and
    images without a distortion, are centered on a canvas of this size.

    Args:
        distortion: The new distortion.
        view: A split with the distortion of the run, as the network was trained on it.

    Raises:
        UsageError: If an explicit canvas has another size; or if the set places images at random,
            but a canvas of this size leaves no room to move them.
    """
    size = view.input_shape[:2]
    if isinstance(distortion, tuple | NoDistortion):
        if natural_canvas(distortion, view) == size:
            return distortion
        return distortion_spec(distortion).on_canvas(size, _image_size(view)).steps
    if "canvas" not in distortion.model_fields_set:
        return _on_network_canvas(distortion, view)
    if (found := natural_canvas(distortion, view)) != size:
        raise UsageError(
            f"the distortion {distortion.set} has a canvas of {_by(found)} pixels, but the network "
            f"takes images of {_by(size)}",
            hint="leave the canvas out to use that of the network",
        )
    return distortion


def _on_network_canvas(distortion: Any, view: SplitView) -> Distortion:
    """Return a set on the canvas of a network, if it has room for random places."""
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
        result: Distortion = distortion
    else:
        result = distortion.model_copy(update={"canvas": size})
    return result


def with_distortion(view: SplitView, distortion: Distortion) -> SplitView:
    """Return a view with another distortion, but the same seed.

    If an example of the view consists of several images, each of them is distorted.

    Args:
        view: A split with the distortion of the run, as the network was trained on it.
        distortion: The new distortion, from `fit_to_view`.

    Raises:
        UsageError: If the examples of the distortion have more images than those of the view.
    """
    spec, num_images = distortion_spec(distortion), view.spec.num_images
    if spec.num_images > num_images:
        raise UsageError(
            f"an example under this distortion is made of {spec.num_images} images, but the "
            f"network takes single ones",
            hint="evaluate a run that was trained on the set addition",
        )
    return replace(view, spec=replace(spec, num_images=num_images))


def draw_examples(view: SplitView, option: str) -> EpochExamples:
    """Return the examples of a view from `with_distortion`.

    Args:
        view: The view.
        option: The command-line option that gave the distortion, for messages.

    Raises:
        UsageError: If the distortion is impossible for the images.
    """
    try:
        return view.examples()
    except ConfigError as error:
        sentences = "; ".join(problem.sentence for problem in error.problems)
        raise UsageError(f"{option}: {sentences}") from error


def distortion_as_data(distortion: Distortion) -> Any:
    """Return a distortion with all its parameters as JSON data: a dict, or a list of dicts."""
    if isinstance(distortion, tuple):
        return [step.model_dump(mode="json") for step in distortion]
    return distortion.model_dump(mode="json")


def _image_size(view: SplitView) -> Size:
    _, height, width, _ = view.split.images.shape
    return height, width


def _canvas_note(canvas: Size, natural: Size) -> str | None:
    if canvas == natural:
        return None
    return (
        f"the canvas is the network's, {_by(canvas)} pixels; that of the distortion by itself is "
        f"{_by(natural)}"
    )


def _by(size: Size) -> str:
    return f"{size[0]}x{size[1]}"
