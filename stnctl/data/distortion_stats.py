"""What was drawn for the examples of an epoch, in numbers."""

import re
from dataclasses import dataclass

import numpy as np

from stnctl.data.distortions.drawing import DrawnDistortion
from stnctl.data.split_view import CHUNK, EpochExamples, SplitView

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


def drawn_ranges(examples: EpochExamples) -> dict[str, Range]:
    """Return the range of each number that was drawn for the examples, by its name."""
    ranges = {}
    for name in examples.images[0].values if examples.images else ():
        drawn = np.stack([image.values[name] for image in examples.images])
        unit = UNITS[re.sub(r"_\d+$", "", name)]  # "rotation_2" is as "rotation"
        ranges[name] = Range(unit, float(drawn.min()), float(drawn.mean()), float(drawn.max()))
    return ranges


MARGIN = 3
"""How many times as large as the canvas the place is where lost mass is looked for."""

MOST_POINTS = 2**23
"""The most points that are sampled in one call, so that a large canvas fits in memory."""


def lost_mass(examples: EpochExamples, indices: np.ndarray) -> np.ndarray:
    """Return the share of each image's mass that is not on the canvas, in [0, 1].

    Mass is the sum of pixels; crops of other images have no part in it. The image is made once
    more on a canvas `MARGIN` times as high and as wide, with the canvas itself in the middle, and
    the two masses are compared: so an image that is only made smaller has lost nothing. One that
    is nowhere on the larger canvas, being too far away or too small to be seen, is lost as a
    whole; a blank one has nothing to lose.

    Args:
        examples: The examples of an epoch.
        indices: Those to look at, (n,).

    Returns:
        (n, images in an example), float64.
    """
    height, width, _ = examples.view.input_shape
    size = max(1, min(CHUNK, len(indices), MOST_POINTS // (MARGIN**2 * height * width)))
    lost = np.zeros((len(indices), examples.view.spec.num_images))
    for start in range(0, len(indices), size):
        chosen = indices[start : start + size]
        for column, image in enumerate(examples.images):
            shares = _lost(examples.view, image, np.resize(chosen, size))
            lost[start : start + size, column] = shares[: len(chosen)]
    return lost


def _lost(view: SplitView, image: DrawnDistortion, indices: np.ndarray) -> np.ndarray:
    """Return the share that one image of each example has lost, (n,)."""
    height, width, _ = view.input_shape
    wide = view.render(image, indices, MARGIN)
    rim = MARGIN // 2
    rows, columns = (slice(rim * side, (rim + 1) * side) for side in (height, width))
    inside, everywhere = _mass(wide[:, rows, columns]), _mass(wide)
    share = 1 - inside / np.where(everywhere > 0, everywhere, 1)
    stored = view.split.images[image.source[indices]]
    return np.where(_mass(stored) > 0, np.clip(share, 0, 1), 0.0)


def _mass(images: np.ndarray) -> np.ndarray:
    """Return the sum of each image (H, W, C), (n,)."""
    return images.sum(axis=(1, 2, 3), dtype=np.float64)
