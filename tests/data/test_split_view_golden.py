"""Distorted images against an independent implementation in SciPy and scikit-image."""

import numpy as np
import pytest
from skimage.transform import rotate

from stnctl import geometry
from stnctl.config import distortion_steps
from stnctl.data.distortions.distortion_spec import DistortionSpec
from stnctl.data.split_view import SplitView
from tests.data.distortions import reference
from tests.data.distortions.examples import LISTS, SPECS, noise

N = 24
ALL = np.arange(N)
SETS = [name for name in SPECS if name not in LISTS]


@pytest.mark.parametrize("name", SPECS)
def test_inputs_golden(name):
    """Sets agree to 1e-5; several transforms in sequence, in float32, to 1e-4."""
    image_size = (24, 31) if name in LISTS else (28, 28)
    epoch = SplitView(noise(N, image_size), "train", SPECS[name], seed=1).examples(2)
    tolerance = 1e-4 if name in LISTS else 1e-5
    np.testing.assert_allclose(
        epoch.inputs(ALL), reference.inputs(epoch, ALL), rtol=0, atol=tolerance
    )


def test_inputs_golden_rotated():
    """The same as scikit-image's rotation, counterclockwise."""
    split = noise(N)
    epoch = SplitView(split, "train", DistortionSpec((distortion_steps.Rotate(),))).examples()
    found = epoch.inputs(ALL)[..., 0]
    degrees = epoch.distortions[0].values["rotation"]
    for U, image, angle in zip(found, split.images[..., 0], degrees, strict=True):
        np.testing.assert_allclose(U, rotate(image / 255, angle, clip=False), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", SETS)
def test_theta_stages_are_the_ground_truth_of_a_set(name):
    """One theta gives the whole image, except for crops of others."""
    split = noise(N)
    epoch = SplitView(split, "test", SPECS[name]).examples()
    found, canvas = epoch.inputs(ALL), epoch.view.input_shape[:2]
    for channel, image in enumerate(epoch.distortions):
        ((transform, theta),) = image.theta_stages
        U = split.images[image.image_indices] / 255
        V = geometry.warp(U, theta, transform=transform, output_size=canvas)[..., 0]
        shown = found[..., channel] if image.crops is None else np.minimum(found[..., channel], V)
        np.testing.assert_allclose(shown, V, rtol=0, atol=1e-5)


def test_inputs_golden_placed():
    """An image that is only placed keeps its pixels."""
    split = noise(N)
    epoch = SplitView(split, "train", SPECS["T"]).examples()
    values = epoch.distortions[0].values
    expected = np.zeros((N, 60, 60, 1))
    for number in range(N):
        top, left = (int(values[shift][number] + 16) for shift in ("shift_y", "shift_x"))
        expected[number, top : top + 28, left : left + 28] = split.images[number] / 255
    np.testing.assert_allclose(epoch.inputs(ALL), expected, rtol=0, atol=1e-6)
