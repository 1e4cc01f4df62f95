"""Embedded data set of 1,797 handwritten digits, for use without an internet connection."""

from importlib import resources

import numpy as np

from stnctl.data.dataset import Arrays
from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.warp_map import warp

_DIGIT_SIZE = (20, 20)  # of MNIST's digits, without their border
_BORDER = 4
_TEST_STEP = 5


def read_digits() -> Arrays:
    """Return the embedded digits in the image size of MNIST. Every 5th is in the test set.

    The sampler enlarges each digit from 8x8 to 20x20 pixels. A border of 4 black pixels is added.

    Returns:
        Images (1438, 28, 28) and (359, 28, 28), labels (1438,) and (359,), all uint8.
    """
    images, labels = stored_digits()
    images = _enlarge(images)
    test = np.arange(len(labels)) % _TEST_STEP == _TEST_STEP - 1
    return Arrays(images[~test], labels[~test], images[test], labels[test])


def stored_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the digits as stored: images (1797, 8, 8), uint8 from 0 to 16, and labels (1797,)."""
    file = resources.files("stnctl.data").joinpath("embedded", "digits.npz")
    with file.open("rb") as stream, np.load(stream) as archive:
        return archive["images"], archive["labels"]


def _enlarge(images: np.ndarray) -> np.ndarray:
    """Return images (N, 8, 8) as (N, 28, 28), uint8."""
    U = images[..., np.newaxis].astype(np.float64)  # (N, 8, 8, 1)
    theta = np.tile(TRANSFORMS["affine"].identity(), (len(U), 1))
    V = warp(U, theta, output_size=_DIGIT_SIZE, align_corners=False)
    scaled = np.rint(np.round(V[..., 0] * (255 / 16), 6))  # the same ties on every machine
    pixels = np.clip(scaled, 0, 255).astype(np.uint8)
    return np.pad(pixels, ((0, 0), (_BORDER, _BORDER), (_BORDER, _BORDER)))  # (N, 28, 28)
