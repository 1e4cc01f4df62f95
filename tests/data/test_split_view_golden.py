"""Images of distortions on an independent path: SciPy and scikit-image, step by step."""

import numpy as np
import pytest
from skimage.transform import rotate

from stnctl import geometry
from stnctl.config import distortion_sets as config
from stnctl.data.distortions.distortion_spec import DistortionSpec
from stnctl.data.split_view import SplitView
from tests.data.distortions import reference
from tests.data.distortions.examples import LISTS, RECIPES, noise

N = 24
ALL = np.arange(N)
SETS = [name for name in RECIPES if name not in LISTS]


@pytest.mark.parametrize("name", RECIPES)
def test_inputs_golden(name):
    """Sets are good to 1e-5; chains of several transforms, in float32, to 1e-4."""
    image_size = (24, 31) if name in LISTS else (28, 28)
    epoch = SplitView(noise(N, image_size), "train", RECIPES[name], seed=1).examples(2)
    tolerance = 1e-4 if name in LISTS else 1e-5
    np.testing.assert_allclose(
        epoch.inputs(ALL), reference.inputs(epoch, ALL), rtol=0, atol=tolerance
    )


def test_inputs_golden_rotated():
    """As scikit-image turns an image, counterclockwise."""
    split = noise(N)
    epoch = SplitView(split, "train", DistortionSpec((config.Rotate(),))).examples()
    found = epoch.inputs(ALL)[..., 0]
    degrees = epoch.images[0].values["rotation"]
    for U, image, angle in zip(found, split.images[..., 0], degrees, strict=True):
        np.testing.assert_allclose(U, rotate(image / 255, angle, clip=False), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", SETS)
def test_links_are_the_truth_about_a_set(name):
    """One theta makes the whole image, but for crops of others."""
    split = noise(N)
    epoch = SplitView(split, "test", RECIPES[name]).examples()
    found, canvas = epoch.inputs(ALL), epoch.view.input_shape[:2]
    for channel, image in enumerate(epoch.images):
        ((transform, theta),) = image.links
        U = split.images[image.source] / 255
        V = geometry.warp(U, theta, transform=transform, output_size=canvas)[..., 0]
        shown = found[..., channel] if image.crops is None else np.minimum(found[..., channel], V)
        np.testing.assert_allclose(shown, V, rtol=0, atol=1e-5)


def test_inputs_golden_placed():
    """An image that is placed and nothing else keeps its pixels."""
    split = noise(N)
    epoch = SplitView(split, "train", RECIPES["T"]).examples()
    values = epoch.images[0].values
    expected = np.zeros((N, 60, 60, 1))
    for number in range(N):
        top, left = (int(values[shift][number] + 16) for shift in ("shift_y", "shift_x"))
        expected[number, top : top + 28, left : left + 28] = split.images[number] / 255
    np.testing.assert_allclose(epoch.inputs(ALL), expected, rtol=0, atol=1e-6)
