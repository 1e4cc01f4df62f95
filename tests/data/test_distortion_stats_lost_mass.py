import numpy as np
import pytest

from stnctl.config import distortion_sets as config
from stnctl.data import distortion_stats as module
from stnctl.data.dataset import Split
from stnctl.data.distortion_stats import lost_mass
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec
from stnctl.data.distortions.drawing import DrawnDistortion
from stnctl.data.distortions.pipeline_state import Crops
from stnctl.data.distortions.theta_stages import ThetaStage
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.geometry import TRANSFORMS
from tests.data.distortions.examples import RECIPES, noise

SIDE = 8
ROTATED = RECIPES["R"]


def lost_by(recipe, split, size=20):
    epoch = SplitView(split, "train", recipe).examples()
    return lost_mass(epoch, np.arange(size))


def mapped(*thetas, images=None, crops=None):
    """Return images of ones, each read where an affine theta says."""
    n = len(thetas)
    images = np.full((n, SIDE, SIDE, 1), 255, np.uint8) if images is None else images
    split = Split(images, np.zeros(n, np.int64))
    link = ThetaStage(TRANSFORMS["affine"], np.array(thetas, np.float64))
    image = DrawnDistortion(np.arange(n), (link,), crops, {})
    return EpochExamples(SplitView(split, "train", ROTATED), [image], split.labels)


def shifted(pixels):
    """Return the theta that moves the image to the right."""
    return [1, 0, -2 * pixels / (SIDE - 1), 0, 1, 0]


@pytest.mark.parametrize(
    ("pixels", "share"), [(0, 0), (2, 0.25), (4, 0.5), (-4, 0.5), (7, 0.875), (8, 1), (300, 1)]
)
def test_lost_mass_of_a_shift_preset(pixels, share):
    """The columns that are beyond the canvas, also where nothing is found any more."""
    lost = lost_mass(mapped(shifted(pixels)), np.array([0]))
    np.testing.assert_allclose(lost, [[share]], atol=1e-5)


def test_lost_mass_of_each_image_is_its_own():
    epoch = mapped(*map(shifted, (0, 2, 4, 8)))
    lost = lost_mass(epoch, np.array([3, 1, 1, 0]))
    np.testing.assert_allclose(lost[:, 0], [1, 0.25, 0.25, 0], atol=1e-5)


def test_lost_mass_of_a_smaller_image_is_none_and_of_a_larger_one_some():
    half, double = [2, 0, 0, 0, 2, 0], [0.5, 0, 0, 0, 0.5, 0]
    smaller, larger = lost_mass(mapped(half, double), np.arange(2))[:, 0]
    assert smaller == pytest.approx(0, abs=1e-6)
    assert larger == pytest.approx(0.75, abs=0.03)


def test_lost_mass_of_a_blank_image_is_none():
    blank = np.zeros((1, SIDE, SIDE, 1), np.uint8)
    assert lost_mass(mapped(shifted(8), images=blank), np.array([0])) == 0


def test_lost_mass_leaves_crops_out():
    """A canvas that is full of crops has no more of the image."""
    places = np.zeros((1, 1, 2), np.int64)
    crops = Crops(np.zeros((1, 1), np.int64), places, places, SIDE)
    lost = lost_mass(mapped(shifted(8), crops=crops), np.array([0]))
    np.testing.assert_allclose(lost, [[1]])


@pytest.mark.parametrize("recipe", [UNDISTORTED, RECIPES["T"]])
def test_lost_mass_of_whole_images_is_none(recipe):
    lost = lost_by(recipe, noise(20), size=7)
    assert lost.shape == (7, 1)
    np.testing.assert_allclose(lost, 0, atol=1e-6)


@pytest.mark.parametrize(("name", "images"), [("P", 1), ("addition", 2), ("three links", 1)])
def test_lost_mass_is_a_share_of_each_image(name, images):
    lost = lost_by(RECIPES[name], noise(20), size=7)
    assert lost.shape == (7, images)
    assert lost.min() >= 0
    assert lost.max() <= 1


def test_lost_mass_of_a_rotation_is_that_of_its_corners():
    """A square of ones, turned by 45 degrees, keeps 2 (sqrt 2 - 1) of its area."""
    split = Split(np.full((1, 40, 40, 1), 255, np.uint8), np.zeros(1, np.int64))
    recipe = DistortionSpec((config.Rotate(degrees=(45, 45)),))
    lost = lost_by(recipe, split, size=1)
    assert lost[0, 0] == pytest.approx(1 - 2 * (np.sqrt(2) - 1), abs=0.02)


def test_lost_mass_does_not_depend_on_how_many_are_sampled_at_once(monkeypatch):
    whole = lost_by(ROTATED, noise(20))
    monkeypatch.setattr(module, "MOST_POINTS", 3 * 84 * 84)
    np.testing.assert_array_equal(lost_by(ROTATED, noise(20)), whole)
    monkeypatch.setattr(module, "MOST_POINTS", 1)
    np.testing.assert_array_equal(lost_by(ROTATED, noise(20)), whole)
