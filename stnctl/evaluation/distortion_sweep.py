"""Error curve of a network over the values of one quantity, such as the rotation.

No other distortion is applied.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from pydantic import ValidationError

from stnctl.config.distortion_sets import Distortion
from stnctl.config.distortion_steps import Corners, Elastic, Place, Rotate, Scale, Shift, Step
from stnctl.data.chunk import CHUNK
from stnctl.data.dataset import Split
from stnctl.data.distortion_stats import sharpness
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.errors import UsageError
from stnctl.evaluation.classification_metrics import measure
from stnctl.evaluation.file_names import number_text
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.robustness import draw_examples, fit_to_view, room_to_move, with_distortion
from stnctl.geometry.frames import Size


@dataclass(frozen=True)
class Quantity:
    """Quantity of a distortion, over which a sweep is possible.

    Attributes:
        unit: The unit of the values.
        kind: The distortion step that applies a value to every image.
        key: Key of the step: a range, or a standard deviation.
    """

    unit: str
    kind: type[Step]
    key: str

    def step(self, value: float) -> Step:
        """Return the distortion step that applies a value to every image."""
        return self.kind.model_validate({self.key: value if self.key == "std" else (value, value)})

    def ranges(self, steps: Sequence[Step]) -> list[tuple[float, float]]:
        """Return the range (lowest, highest) of the quantity in each step that has it."""
        found = [getattr(step, self.key) for step in steps if isinstance(step, self.kind)]
        return [(value, value) if isinstance(value, float) else value for value in found]


QUANTITIES = {
    "rotation": Quantity("degrees", Rotate, "degrees"),
    "scale": Quantity("factor", Scale, "factor"),
    "shift": Quantity("pixels", Shift, "distance"),
    "corner_std": Quantity("pixels", Corners, "std"),
    "elastic_std": Quantity("pixels", Elastic, "std"),
}
"""Name of a quantity, as in the distortion sets of the paper -> the quantity."""

_BOUNDS = {"ge": "at least", "le": "at most"}


@dataclass(frozen=True)
class Sweep:
    """Values of one quantity, at which runs are evaluated.

    Attributes:
        name: Name of the quantity, a key of `QUANTITIES`.
        values: The values in increasing order, in the unit of the quantity.
    """

    name: str
    values: tuple[float, ...]

    @property
    def unit(self) -> str:
        """The unit of the values."""
        return QUANTITIES[self.name].unit


def sweep_step(name: str, value: float) -> Step:
    """Return the distortion step that applies one value of a quantity to every image.

    Args:
        name: Name of the quantity, a key of `QUANTITIES`.
        value: The value, in the unit of the quantity.

    Raises:
        UsageError: If the value is out of range.
    """
    try:
        return QUANTITIES[name].step(value)
    except ValidationError as error:
        limits = error.errors(include_url=False)[0].get("ctx", {})
        expected = [f"{word} {limits[key]:g}" for key, word in _BOUNDS.items() if key in limits]
        raise UsageError(
            f"{name}: expected {' '.join(expected) or 'a number'}, got {number_text(value)}"
        ) from error


def check_values(view: SplitView, name: str, values: Sequence[float]) -> None:
    """Check that each value of a quantity is possible for the images of a view.

    Args:
        view: A split with the distortion of the run, which the quantity replaces.
        name: Name of the quantity, a key of `QUANTITIES`.
        values: The values, in the unit of the quantity.

    Raises:
        UsageError: If a value is impossible for the images.
    """
    first = replace(view, split=Split(view.split.images[:1], view.split.labels[:1]))
    for value in values:
        _examples_at(first, name, value)


def error_curve(
    loaded: LoadedRun,
    view: SplitView,
    name: str,
    values: Sequence[float],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    on_value: Callable[[int, float], None] = lambda _number, _error: None,
) -> list[float]:
    """Return the error in % of a run at each value of a quantity, such as the rotation.

    Random draws, such as the direction of a shift, are the same at each value and in each call.
    Each image is distorted on a canvas of the size of the stored images. The distorted image is
    then centered on the canvas of the network.

    Args:
        loaded: The run.
        view: A split with the distortion of the run, which the quantity replaces.
        name: Name of the quantity, a key of `QUANTITIES`.
        values: The values, in the unit of the quantity.
        progress: Called with the number of evaluated images, and the total over all values.
        on_value: Called after each value with its number, from 1, and its error in %.

    Returns:
        The errors, in the order of the values.

    Raises:
        UsageError: If a value is impossible for the images.
        DivergedError: If a logit is not finite.
        InputError: The same, for a run of another user.
    """
    errors = []
    total = len(values) * len(view)
    for number, value in enumerate(values):
        examples = _examples_at(view, name, value)
        report = partial(_add_offset, progress, number * len(view), total)
        logits = loaded.predict(examples, progress=report)
        errors.append(measure(logits, examples.labels).error_percent)
        on_value(number + 1, errors[-1])
    return errors


def sharpness_curve(view: SplitView, name: str, values: Sequence[float]) -> list[float]:
    """Return the sharpness of the images at each value of a quantity.

    Args:
        view: A split with the distortion of the run, which the quantity replaces.
        name: Name of the quantity, a key of `QUANTITIES`.
        values: The values, in the unit of the quantity.

    Returns:
        The sharpness of at most `CHUNK` images, see `stnctl.data.distortion_stats.sharpness`.
    """
    part = _part(view)
    return [sharpness(_examples_at(part, name, value)) for value in values]


def own_sharpness(view: SplitView) -> float:
    """Return the sharpness of at most `CHUNK` images under the distortion of their view."""
    return sharpness(_part(view).examples())


def trained_range(
    distortion: Distortion, name: str, image_size: Size
) -> tuple[float, float] | None:
    """Return the range (lowest, highest) of a quantity in the training distortion.

    If a set places the images at random, the range of a shift is 0 to half of the margin by which
    the canvas exceeds the image, see `stnctl.evaluation.robustness.room_to_move`.

    Args:
        distortion: The training distortion.
        name: Name of the quantity, a key of `QUANTITIES`.
        image_size: (height, width) of the stored images.

    Returns:
        The range; None if no step of the distortion has the quantity, or several steps have it.
    """
    steps = distortion_spec(distortion).steps
    if name == "shift" and any(isinstance(step, Place) for step in steps):
        return None if isinstance(distortion, tuple) else _trained_shift(distortion, image_size)
    ranges = QUANTITIES[name].ranges(steps)
    return ranges[0] if len(ranges) == 1 else None


def _part(view: SplitView) -> SplitView:
    """Return a view of at most `CHUNK` evenly spread images."""
    indices = np.linspace(0, len(view) - 1, min(len(view), CHUNK)).round().astype(np.int64)
    return replace(view, split=Split(view.split.images[indices], view.split.labels[indices]))


def _examples_at(view: SplitView, name: str, value: float) -> EpochExamples:
    distorted = with_distortion(view, fit_to_view((sweep_step(name, value),), view))
    return draw_examples(distorted, f"{name}={number_text(value)}")


def _trained_shift(distortion: Distortion, image_size: Size) -> tuple[float, float] | None:
    canvas = distortion_spec(distortion).canvas(image_size)
    room = room_to_move(distortion, canvas, image_size)
    return None if room is None else (0.0, max(room, 0.0) / 2)


def _add_offset(
    progress: Callable[[int, int], None], offset: int, total: int, done: int, _of_these: int
) -> None:
    progress(offset + done, total)
