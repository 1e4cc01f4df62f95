"""Distortions and images to try them on."""

import numpy as np
from scipy.ndimage import gaussian_filter

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_sets import SETS
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec

LISTS = {
    "elastic within": DistortionSpec(
        (
            config.Rotate(),
            config.Elastic(),
            config.Place(canvas=(40, 50)),
            config.Corners(std=3.0),
        )
    ),
    "corners first": DistortionSpec(
        (
            config.Corners(std=3.0),
            config.Place(canvas=(40, 50)),
            config.Rotate(),
            config.Clutter(),
        )
    ),
    "three links": DistortionSpec(
        (
            config.ResizeCanvas(size=(33, 20)),
            config.Shear(),
            config.Elastic(control_points=(3, 5)),
            config.Scale(),
            config.ResizeCanvas(size=(40, 30)),
            config.Corners(std=3.0),
            config.Shift(),
        )
    ),
    "elastic, then smaller": DistortionSpec(
        (
            config.Elastic(),
            config.Corners(std=2.0),
            config.ResizeCanvas(size=(35, 35)),
            config.Rotate(degrees=(-180.0, 180.0)),
            config.ResizeCanvas(size=(20, 64)),
        )
    ),
}
RECIPES = {name: distortion_spec(SETS[name]()) for name in SETS if name != "none"} | LISTS


def noise(size, image_size=(28, 28)):
    """Return images of soft noise, (size, h, w, 1) uint8, bright up to the border; labels % 10."""
    random = np.random.default_rng(0).random((size, *image_size))
    soft = gaussian_filter(random, (0, 1, 1))
    spread = (soft - soft.min()) / np.ptp(soft)
    return Split(np.rint(255 * spread).astype(np.uint8)[..., None], np.arange(size) % 10)
