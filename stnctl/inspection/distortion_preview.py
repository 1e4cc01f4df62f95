"""What a distortion does to a split, in numbers, before anything is trained on it."""

import time
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from stnctl.config.distortion_sets import Distortion
from stnctl.config.distortion_steps import (
    Clutter,
    Corners,
    Elastic,
    Place,
    ResizeCanvas,
    Rotate,
    Scale,
    Step,
)
from stnctl.data.dataset import Split
from stnctl.data.distortion_stats import lost_mass
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.split_view import CHUNK, EpochExamples, SplitView
from stnctl.errors import ConfigError

MOST_LOST = 0.5
"""The share of the digits' mass that may leave the canvas, on average."""

KEYS: dict[type, str] = {
    Rotate: "rotation",
    Scale: "scale",
    Corners: "corner_std",
    Elastic: "elastic_std",
    Place: "canvas",
    ResizeCanvas: "canvas",
}
"""Steps of the sets of the paper -> what their numbers are called there."""

_TIMED, _PATIENCE = 16 * CHUNK, 2.0
"""Images that are made against the clock, and the seconds after which no more are begun."""

_TRIED = CHUNK
"""Images on which the steps are tried for the one that drives the digits out."""


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


def evenly_spread(size: int, most: int) -> np.ndarray:
    """Return the indices of at most ``most`` out of ``size`` examples, evenly spread."""
    return np.linspace(0, size - 1, min(size, most)).round().astype(np.int64)


def images_per_second(view: SplitView) -> float:
    """Return how many examples are drawn and made in a second, once all is compiled."""
    clock = time.perf_counter()
    examples = view.examples()
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


def measure_lost_mass(examples: EpochExamples, most: int = 1024) -> LostMass:
    """Return how much of the digits' mass left the canvas, by evenly spread examples."""
    shares = lost_mass(examples, evenly_spread(len(examples), most))
    return LostMass(float(shares.mean()), float(shares.max()), shares.size)


def refuse_lost_mass(distortion: Distortion, view: SplitView, lost: LostMass) -> None:
    """Refuse a distortion whose digits mostly leave the canvas.

    Args:
        distortion: As the configuration says it.
        view: The images under it.
        lost: What was measured of them.

    Raises:
        ConfigError: If more than `MOST_LOST` of their mass does, naming what matters most.
    """
    if lost.mean <= MOST_LOST:
        return
    height, width, _ = view.input_shape
    step, rest = _culprit(distortion, view)
    name = step.step if isinstance(distortion, tuple) else KEYS[type(step)]
    cure = "" if isinstance(step, ResizeCanvas | Place) else f"draw less in `{name}`, or "
    raise ConfigError(
        f"data.distortion: on average {_above(lost.mean, MOST_LOST)} of a digit's mass leaves the "
        f"canvas of {height}x{width}; expected at most {MOST_LOST:.0%}",
        hint=f"without `{name}` it would be {rest:.0%}: {cure}take a larger canvas",
    )


def _above(share: float, most: float) -> str:
    """Return a share in %, with as many digits as tell it from the smaller one that is allowed."""
    pairs = ((f"{share:.{digits}%}", f"{most:.{digits}%}") for digits in count())
    return next(text for text, allowed in pairs if text != allowed)


def _culprit(distortion: Distortion, view: SplitView) -> tuple[Step, float]:
    """Return the step without which least of some images is lost, and the share that then is."""
    few = evenly_spread(len(view), _TRIED)
    split = Split(view.split.images[few], view.split.labels[few])
    recipe = distortion_spec(distortion)
    shares = []
    for number, step in enumerate(recipe.steps):
        if isinstance(step, Clutter):
            continue
        others = DistortionSpec(
            (*recipe.steps[:number], *recipe.steps[number + 1 :]), recipe.num_images
        )
        try:
            rest = measure_lost_mass(replace(view, split=split, spec=others).examples()).mean
        except ConfigError:  # what follows can't be done without this step
            rest = 1.0
        shares.append((step, rest))
    return min(shares, key=lambda pair: pair[1])
