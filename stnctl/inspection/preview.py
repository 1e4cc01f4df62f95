"""What a distortion does to a split, in numbers, before anything is trained on it."""

import re
import time
from dataclasses import dataclass, replace

import numpy as np

from stnctl.config.distortion import Clutter, Place, Resize, Step
from stnctl.data.distortions.recipe import Recipe
from stnctl.data.lost_mass import lost_mass
from stnctl.data.views import CHUNK, Epoch, View
from stnctl.errors import ConfigError

MOST_LOST = 0.5
"""The share of the digits' mass that may leave the canvas, on average."""

UNITS = {
    "rotation": "degrees",
    "scale": "factor",
    "shear": "degrees",
    "shift_x": "pixels",
    "shift_y": "pixels",
    "corner_x": "pixels",
    "corner_y": "pixels",
    "elastic_x": "pixels",
    "elastic_y": "pixels",
}
"""Numbers that are drawn -> what they are counted in."""

_TIMED, _PATIENCE = 16 * CHUNK, 2.0
"""Images that are made against the clock, and the seconds after which no more are begun."""

_TRIED = CHUNK
"""Images on which the steps are tried for the one that drives the digits out."""


@dataclass(frozen=True)
class Range:
    """What was drawn for one number.

    Attributes:
        unit: One of `UNITS`.
        least: The least.
        mean: The mean.
        largest: The largest.
    """

    unit: str
    least: float
    mean: float
    largest: float


@dataclass(frozen=True)
class LostMass:
    """The share of the digits' mass that left the canvas, in [0, 1].

    Attributes:
        mean: The mean over images.
        worst: That of the image that lost most.
        num_images: How many images were measured.
    """

    mean: float
    worst: float
    num_images: int


def spread(size: int, most: int) -> np.ndarray:
    """Return the indices of at most ``most`` out of ``size`` examples, evenly spread."""
    return np.linspace(0, size - 1, min(size, most)).round().astype(np.int64)


def drawn_ranges(examples: Epoch) -> dict[str, Range]:
    """Return the range of each number that was drawn for the examples, by its name."""
    ranges = {}
    for name in examples.images[0].values if examples.images else ():
        drawn = np.stack([image.values[name] for image in examples.images])
        unit = UNITS[re.sub(r"_\d+$", "", name)]  # "rotation_2" is as "rotation"
        ranges[name] = Range(unit, float(drawn.min()), float(drawn.mean()), float(drawn.max()))
    return ranges


def images_per_second(view: View) -> float:
    """Return how many examples are drawn and made in a second, once all is compiled."""
    clock = time.perf_counter()
    examples = view.epoch()
    seconds_to_draw = (time.perf_counter() - clock) / len(view)
    indices = np.resize(np.arange(len(view)), _TIMED).reshape(-1, 2 * CHUNK)
    examples.inputs(indices[0])
    made, clock = 0, time.perf_counter()
    for chosen in indices:
        examples.inputs(chosen)
        made += len(chosen)
        if (seconds := time.perf_counter() - clock) > _PATIENCE:
            break
    return 1 / (seconds_to_draw + seconds / made)


def measure_lost_mass(examples: Epoch, most: int = 1024) -> LostMass:
    """Return how much of the digits' mass left the canvas, by evenly spread examples."""
    shares = lost_mass(examples, spread(len(examples), most))
    return LostMass(float(shares.mean()), float(shares.max()), shares.size)


def refuse_lost_mass(view: View, lost: LostMass) -> None:
    """Refuse a distortion whose digits mostly leave the canvas.

    Raises:
        ConfigError: If more than `MOST_LOST` of their mass does, naming the step that matters.
    """
    if lost.mean <= MOST_LOST:
        return
    height, width, _ = view.input_shape
    step, rest = _culprit(view)
    cure = "" if isinstance(step, Resize | Place) else f"draw less in `{step.step}`, or "
    raise ConfigError(
        f"data.distortion: on average {lost.mean:.0%} of a digit's mass leaves the canvas of "
        f"{height}x{width}; expected at most {MOST_LOST:.0%}",
        hint=f"without the step `{step.step}` it would be {rest:.0%}: {cure}take a larger canvas",
    )


def _culprit(view: View) -> tuple[Step, float]:
    """Return the step without which least is lost, and the share that then is."""
    steps = [step for step in view.recipe.steps if not isinstance(step, Clutter)]
    shares = []
    for number, step in enumerate(steps):
        others = Recipe((*steps[:number], *steps[number + 1 :]), view.recipe.num_images)
        lost = measure_lost_mass(replace(view, recipe=others).epoch(), _TRIED)
        shares.append((step, lost.mean))
    return min(shares, key=lambda pair: pair[1])
