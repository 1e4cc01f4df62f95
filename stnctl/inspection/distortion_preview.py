"""Preview of a split with its distortion: statistics, speed, lost mass and figures."""

import time
from dataclasses import asdict, dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from stnctl.config.distortion_sets import Distortion
from stnctl.config.distortion_steps import Clutter, Place, ResizeCanvas, Step
from stnctl.data.chunk import CHUNK
from stnctl.data.dataset import Split
from stnctl.data.distortion_stats import drawn_ranges, lost_mass
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.errors import ConfigError, ConfigProblem
from stnctl.figures.contact_sheet import contact_sheet_png
from stnctl.inspection.preview_rows import class_rows, draws_differ, example_rows
from stnctl.models.job import Job

PREVIEW_FILES = ("grid.png", "classes.png")
"""Figures of a preview: images of each class, and the minimum, mean and maximum of each pixel."""

MAX_LOST = 0.5
"""Maximum mean of the lost mass, see `LostMass`."""

MAX_SUMMARIZED = 2048
"""Maximum number of images from which the minimum, mean and maximum of each pixel are computed."""

_NUM_TIMED, _MAX_SECONDS = 16 * CHUNK, 2.0
"""Number of images that are rendered to measure the speed, and the time limit in seconds."""

_NUM_TRIED = CHUNK
"""Number of images on which each step is left out, to find the main cause of lost mass."""


@dataclass(frozen=True)
class LostMass:
    """Lost mass of the images of a split: the share of their mass that is not on the canvas.

    The mass of an image is the sum of its pixels, see `stnctl.data.distortion_stats.lost_mass`.

    Attributes:
        mean: Mean of the share over the measured images, 0 to 1.
        worst: Largest share of an image, 0 to 1.
        num_images: Number of measured images.
    """

    mean: float
    worst: float
    num_images: int


def preview_document(job: Job, examples: EpochExamples) -> dict[str, Any]:
    """Return the statistics of a split's examples, as a JSON document.

    Args:
        job: The configuration and the data.
        examples: The examples of an epoch.

    Raises:
        ConfigError: If the lost mass is too large, see `check_lost_mass`.
    """
    view, lost = examples.view, measure_lost_mass(examples)
    check_lost_mass(job.config.data.distortion, view, lost)
    height, width, channels = view.input_shape
    return {
        "data": job.dataset.source,
        "data_sha256": job.dataset.sha256,
        "split": view.name,
        "distortion": job.config.model_dump(mode="json")["data"]["distortion"],
        "num_examples": len(view),
        "num_classes": job.num_classes,
        "canvas": [height, width],
        "num_channels": channels,
        "drawn": {name: asdict(range_) for name, range_ in drawn_ranges(examples).items()},
        "lost_mass": asdict(lost),
        "images_per_second": None if view.spec.is_plain else images_per_second(view),
    }


def preview_figures(job: Job, examples: EpochExamples, title: str) -> dict[str, bytes]:
    """Return the PNG figures of a preview.

    Args:
        job: The configuration and the data, for the names of the classes.
        examples: The examples of an epoch, with pixels in the unit range.
        title: First line of the title of each figure.

    Returns:
        File name -> bytes of the file, see `PREVIEW_FILES`.
    """
    view, indices = examples.view, evenly_spread(len(examples), MAX_SUMMARIZED)
    rows = "the first images of each class"
    if draws_differ(view):
        rows = "the first image of each class, drawn again in each epoch"
    statistics = f"per-pixel minimum, mean and maximum of {len(indices):,} images, by class"
    figures = (
        contact_sheet_png(example_rows(view, job.dataset.class_names), title=f"{title}\n{rows}"),
        contact_sheet_png(
            class_rows(examples, indices, job.class_names), title=f"{title}\n{statistics}"
        ),
    )
    return dict(zip(PREVIEW_FILES, figures, strict=True))


def evenly_spread(size: int, limit: int) -> np.ndarray:
    """Return at most ``limit`` evenly spread indices in [0, size), (n,), int64, in order."""
    return np.linspace(0, size - 1, min(size, limit)).round().astype(np.int64)


def images_per_second(view: SplitView) -> float:
    """Measure the number of examples that are drawn and rendered per second, after compilation."""
    clock = time.perf_counter()
    examples = view.examples()
    seconds_to_draw = (time.perf_counter() - clock) / len(view)
    indices = np.resize(np.arange(len(view)), _NUM_TIMED).reshape(-1, 2 * CHUNK)
    examples.inputs(indices[0])
    num_rendered, clock = 0, time.perf_counter()
    for chunk in indices:
        examples.inputs(chunk)
        num_rendered += len(chunk)
        if (seconds := time.perf_counter() - clock) > _MAX_SECONDS:
            break
    return 1 / (seconds_to_draw + seconds / num_rendered)


def measure_lost_mass(examples: EpochExamples, limit: int = 1024) -> LostMass:
    """Measure the lost mass of at most ``limit`` evenly spread examples."""
    shares = lost_mass(examples, evenly_spread(len(examples), limit))
    return LostMass(float(shares.mean()), float(shares.max()), shares.size)


def check_lost_mass(distortion: Distortion, view: SplitView, lost: LostMass) -> None:
    """Check that the mean of the lost mass is at most `MAX_LOST`.

    Args:
        distortion: The configured distortion.
        view: The split with this distortion.
        lost: The lost mass of its examples.

    Raises:
        ConfigError: If the mean exceeds `MAX_LOST`. The hint names the distortion step without
            which the least mass is lost.
    """
    if lost.mean <= MAX_LOST:
        return
    height, width, _ = view.input_shape
    step, rest = _main_cause(distortion, view)
    name = step.step if isinstance(distortion, tuple) else step.set_key
    cure = "" if isinstance(step, ResizeCanvas | Place) else f"reduce `{name}`, or "
    problem = (
        f"on average {_above(lost.mean, MAX_LOST)} of a digit's mass leaves the canvas of "
        f"{height}x{width}; expected at most {MAX_LOST:.0%}"
    )
    raise ConfigError(
        ConfigProblem(problem, path="data.distortion"),
        hint=f"without `{name}` it would be {rest:.0%}: {cure}take a larger canvas",
    )


def _above(share: float, limit: float) -> str:
    """Return a share in %, with enough digits to differ from the limit, which is smaller."""
    pairs = ((f"{share:.{digits}%}", f"{limit:.{digits}%}") for digits in count())
    return next(text for text, allowed in pairs if text != allowed)


def _main_cause(distortion: Distortion, view: SplitView) -> tuple[Step, float]:
    """Return the step without which the least mass is lost, and the mean share without it."""
    few = evenly_spread(len(view), _NUM_TRIED)
    split = Split(view.split.images[few], view.split.labels[few])
    spec = distortion_spec(distortion)
    shares = []
    for number, step in enumerate(spec.steps):
        if isinstance(step, Clutter):
            continue
        others = DistortionSpec((*spec.steps[:number], *spec.steps[number + 1 :]), spec.num_images)
        try:
            rest = measure_lost_mass(replace(view, split=split, spec=others).examples()).mean
        except ConfigError:  # the other steps are impossible without this one
            rest = 1.0
        shares.append((step, rest))
    return min(shares, key=lambda pair: pair[1])
