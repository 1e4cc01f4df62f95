"""Points along one axis, in the shape that taps need: (B, H', W')."""

import numpy as np

from stnctl.geometry.padding import Padding

BORDER = Padding("border")


def line(*x, dtype="float64"):
    return np.array(x, dtype).reshape(1, 1, -1)


def random_line(size, seed=0):
    """Return 40 points inside and outside an axis, away from whole and half pixels."""
    random = np.random.default_rng(seed)
    steps = random.integers(-6, 2 * size + 6, 40) + random.uniform(0.01, 0.99, 40)
    return line(*steps / 2)


def taps(interpolation, x, size=9, rule=BORDER):
    """Return index, weight and slope of the taps, each (taps, W')."""
    found = interpolation.taps(x, size, rule)
    parts = ([getattr(tap, name)[0, 0] for tap in found] for name in ("index", "weight", "slope"))
    return tuple(map(np.stack, parts))
