"""What was drawn for the examples of an epoch, in numbers."""

import re
from dataclasses import dataclass

import numpy as np

from stnctl.data.views import Epoch

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


def drawn_ranges(examples: Epoch) -> dict[str, Range]:
    """Return the range of each number that was drawn for the examples, by its name."""
    ranges = {}
    for name in examples.images[0].values if examples.images else ():
        drawn = np.stack([image.values[name] for image in examples.images])
        unit = UNITS[re.sub(r"_\d+$", "", name)]  # "rotation_2" is as "rotation"
        ranges[name] = Range(unit, float(drawn.min()), float(drawn.mean()), float(drawn.max()))
    return ranges
