"""The error of a network as one distortion grows, with nothing else done to the images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from stnctl.config.distortion_sets import Distortion
from stnctl.config.distortion_steps import Corners, Elastic, Rotate, Scale, Shift, Step
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.split_view import SplitView
from stnctl.errors import UsageError
from stnctl.evaluation.classification_metrics import measure
from stnctl.evaluation.predict import predict
from stnctl.evaluation.robustness import draw_examples, fit_to_view, room_to_move, with_distortion
from stnctl.geometry.frames import Size


@dataclass(frozen=True)
class Quantity:
    """What can be swept.

    Attributes:
        unit: In which unit.
        step: From a value to the step that does exactly that to every image.
    """

    unit: str
    step: Callable[[float], Step]


QUANTITIES = {
    "rotation": Quantity("degrees", lambda value: Rotate(degrees=(value, value))),
    "scale": Quantity("factor", lambda value: Scale(factor=(value, value))),
    "shift": Quantity("pixels", lambda value: Shift(distance=(value, value))),
    "corner_std": Quantity("pixels", lambda value: Corners(std=value)),
    "elastic_std": Quantity("pixels", lambda value: Elastic(std=value)),
}
"""Called as the sets of the paper call their numbers."""

_BOUNDS = {"ge": "at least", "le": "at most"}


def sweep_step(name: str, value: float) -> Step:
    """Return the step that does exactly ``value`` of a quantity.

    Raises:
        UsageError: If there is no such step.
    """
    try:
        return QUANTITIES[name].step(value)
    except ValidationError as error:
        limits = error.errors(include_url=False)[0].get("ctx", {})
        expected = [f"{word} {limits[key]:g}" for key, word in _BOUNDS.items() if key in limits]
        raise UsageError(
            f"{name}: expected {' '.join(expected) or 'a number'}, got {value:g}"
        ) from error


def error_curve(
    model: Any,
    view: SplitView,
    name: str,
    values: Sequence[float],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    on_value: Callable[[int, float], None] = lambda _number, _error: None,
) -> list[float]:
    """Return the error in % of a model at each value of a quantity.

    The draws are the same at each value, and in each call. What is done to the images is done in
    their own frame, which then lies in the center of the network's canvas.

    Args:
        model: A Keras model from U to logits.
        view: The split as the model knows it.
        name: A key of `QUANTITIES`.
        values: In its unit.
        progress: Called with the number of images done, and of all.
        on_value: Called after each value with its number, from 1, and its error.

    Raises:
        UsageError: If a value can't be done to such images.
    """
    errors = []
    total = len(values) * len(view)
    for number, value in enumerate(values):
        shown = with_distortion(view, fit_to_view((sweep_step(name, value),), view))
        examples = draw_examples(shown, f"{name}={value:g}")
        tell = partial(_tell, progress, number * len(view), total)
        logits = predict(model, examples, progress=tell)
        errors.append(measure(logits, examples.labels).error_percent)
        on_value(number + 1, errors[-1])
    return errors


def trained_range(
    distortion: Distortion, name: str, image_size: Size
) -> tuple[float, float] | None:
    """Return (lowest, highest) of a quantity that a set draws, or None if it doesn't.

    A shift is 0 to how far the set can move the image's frame from the center of its canvas along
    one axis, in pixels: half of the room that the canvas leaves it, at the smallest scale.

    Args:
        distortion: What a network was trained on; of a list of steps nothing is told.
        name: A key of `QUANTITIES`.
        image_size: (height, width) of the images.
    """
    if name == "shift":
        return _trained_shift(distortion, image_size)
    draw_examples = getattr(distortion, name, None)
    return (draw_examples, draw_examples) if isinstance(draw_examples, float) else draw_examples


def _trained_shift(distortion: Distortion, image_size: Size) -> tuple[float, float] | None:
    if isinstance(distortion, tuple):
        return None
    canvas = distortion_spec(distortion).canvas(image_size)
    room = room_to_move(distortion, canvas, image_size)
    return None if room is None else (0.0, max(room, 0.0) / 2)


def _tell(
    progress: Callable[[int, int], None], before: int, total: int, done: int, _of_these: int
) -> None:
    progress(before + done, total)
