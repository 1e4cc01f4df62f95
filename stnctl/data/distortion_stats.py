"""Statistics of the distortions in an epoch: ranges of drawn values, lost mass, sharpness."""

import re
from dataclasses import dataclass

import numpy as np

from stnctl.config.distortion_steps import STEPS
from stnctl.data.chunk import CHUNK
from stnctl.data.distortions.drawing import DrawnDistortion
from stnctl.data.split_view import EpochExamples, SplitView, network_input

UNITS = {name: unit for step in STEPS.values() for name, unit in step.units.items()}
"""Name of a drawn value -> its unit."""

MARGIN = 3
"""Ratio of the sides of the canvas on which lost mass is measured to those of the canvas itself."""

MAX_POINTS = 2**23
"""Maximum number of points that are sampled in one call, so that a large canvas fits in memory."""


@dataclass(frozen=True)
class Range:
    """Range of one drawn value over examples.

    Attributes:
        unit: The unit, a value of `UNITS`.
        least: The minimum.
        mean: The mean.
        largest: The maximum.
    """

    unit: str
    least: float
    mean: float
    largest: float


def drawn_ranges(examples: EpochExamples) -> dict[str, Range]:
    """Return the range of each drawn value over all examples, by the name of the value."""
    ranges = {}
    for name in examples.distortions[0].values if examples.distortions else ():
        drawn = np.stack([distortion.values[name] for distortion in examples.distortions])
        unit = UNITS[re.sub(r"_\d+$", "", name)]  # "rotation_2" has the unit of "rotation"
        ranges[name] = Range(unit, float(drawn.min()), float(drawn.mean()), float(drawn.max()))
    return ranges


def lost_mass(examples: EpochExamples, indices: np.ndarray) -> np.ndarray:
    """Return the lost mass of images: the share of their mass that is not on the canvas, 0 to 1.

    The mass of an image is the sum of its pixels, without clutter. The image is rendered on a
    larger canvas, `MARGIN` times as high and as wide, with the canvas in its center. The mass on
    the canvas is compared with the mass on the larger canvas, so an image that is only scaled down
    has lost nothing. The share is 1 if the larger canvas is black, because the image is too far
    away or too small. It is 0 if the stored image is black.

    Args:
        examples: The examples of an epoch.
        indices: Indices of the examples to measure, (n,).

    Returns:
        The shares, (n, number of images in an example), float64.
    """
    height, width, _ = examples.view.input_shape
    size = max(1, min(CHUNK, len(indices), MAX_POINTS // (MARGIN**2 * height * width)))
    lost = np.zeros((len(indices), examples.view.spec.num_images))
    for start in range(0, len(indices), size):
        chosen = indices[start : start + size]
        for column, distortion in enumerate(examples.distortions):
            shares = _lost_share(examples.view, distortion, np.resize(chosen, size))
            lost[start : start + size, column] = shares[: len(chosen)]
    return lost


def sharpness(examples: EpochExamples) -> float:
    """Return the gradient energy of the images, relative to the stored images.

    Clutter is left out. Rotations, translations and changes of the scale do not change the gradient
    energy of a continuous image (its Dirichlet energy). So a value below 1 is the blur of the
    resampling, or a part of the image outside of the canvas.

    Args:
        examples: The examples of an epoch.

    Returns:
        The ratio of the sums over all examples. It is 1 for images without a distortion, and for
        black images.
    """
    found = stored = 0.0
    for start in range(0, len(examples), CHUNK):
        chosen = np.arange(start, min(start + CHUNK, len(examples)))
        for distortion in examples.distortions:
            U = examples.view.split.images[distortion.image_indices[chosen]]
            V = examples.view.render(distortion, np.resize(chosen, CHUNK))[: len(chosen)]
            stored += gradient_energy(network_input(U, "unit"))
            found += gradient_energy(V)
    return found / stored if stored else 1.0


def gradient_energy(images: np.ndarray) -> float:
    """Return the sum of the squared differences of adjacent pixels; the outside is black.

    Args:
        images: (n, H, W, C).
    """
    total = 0.0
    for image in images:  # one at a time in memory
        framed = np.pad(image, ((1, 1), (1, 1), (0, 0)))
        for axis in (0, 1):
            total += float(np.square(np.diff(framed, axis=axis)).sum(dtype=np.float64))
    return total


def _lost_share(view: SplitView, distortion: DrawnDistortion, indices: np.ndarray) -> np.ndarray:
    """Return the lost mass of one image of each example, (n,)."""
    height, width, _ = view.input_shape
    wide = view.render(distortion, indices, MARGIN)
    rim = MARGIN // 2
    rows, columns = (slice(rim * side, (rim + 1) * side) for side in (height, width))
    inside, everywhere = _mass(wide[:, rows, columns]), _mass(wide)
    share = 1 - inside / np.where(everywhere > 0, everywhere, 1)
    stored = view.split.images[distortion.image_indices[indices]]
    return np.where(_mass(stored) > 0, np.clip(share, 0, 1), 0.0)


def _mass(images: np.ndarray) -> np.ndarray:
    """Return the sum of the pixels of each image, (n,), for images (n, H, W, C)."""
    mass: np.ndarray = images.sum(axis=(1, 2, 3), dtype=np.float64)
    return mass
