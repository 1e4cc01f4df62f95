"""Distortions, and images for them."""

import numpy as np
from scipy.ndimage import gaussian_filter

from stnctl.config import distortion_steps
from stnctl.config.distortion_sets import SETS
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec

LISTS = {
    "elastic within": DistortionSpec(
        (
            distortion_steps.Rotate(),
            distortion_steps.Elastic(),
            distortion_steps.Place(canvas=(40, 50)),
            distortion_steps.Corners(std=3.0),
        )
    ),
    "corners first": DistortionSpec(
        (
            distortion_steps.Corners(std=3.0),
            distortion_steps.Place(canvas=(40, 50)),
            distortion_steps.Rotate(),
            distortion_steps.Clutter(),
        )
    ),
    "three stages": DistortionSpec(
        (
            distortion_steps.ResizeCanvas(size=(33, 20)),
            distortion_steps.Shear(),
            distortion_steps.Elastic(control_points=(3, 5)),
            distortion_steps.Scale(),
            distortion_steps.ResizeCanvas(size=(40, 30)),
            distortion_steps.Corners(std=3.0),
            distortion_steps.Shift(),
        )
    ),
    "elastic, then smaller": DistortionSpec(
        (
            distortion_steps.Elastic(),
            distortion_steps.Corners(std=2.0),
            distortion_steps.ResizeCanvas(size=(35, 35)),
            distortion_steps.Rotate(degrees=(-180.0, 180.0)),
            distortion_steps.ResizeCanvas(size=(20, 64)),
        )
    ),
}
SPECS = {name: distortion_spec(SETS[name]()) for name in SETS if name != "none"} | LISTS


def noise(size, image_size=(28, 28)):
    """Return images of smooth noise, (size, h, w, 1) uint8, bright up to the border."""
    random = np.random.default_rng(0).random((size, *image_size))
    soft = gaussian_filter(random, (0, 1, 1))
    spread = (soft - soft.min()) / np.ptp(soft)
    return Split(np.rint(255 * spread).astype(np.uint8)[..., None], np.arange(size) % 10)
