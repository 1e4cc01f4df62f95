import numpy as np
import pytest
from scipy import ndimage

from stnctl.config import distortion_steps
from stnctl.config.distortion_sets import SETS
from stnctl.config.distortion_steps import STEPS
from stnctl.data import distortion_stats
from stnctl.data.dataset import Split
from stnctl.data.distortion_stats import (
    UNITS,
    drawn_ranges,
    gradient_energy,
    lost_mass,
    sharpness,
)
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import DrawnDistortion
from stnctl.data.distortions.pipeline_state import Crops
from stnctl.data.distortions.theta_stages import ThetaStage
from stnctl.data.sources.digits import read_digits
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.geometry import TRANSFORMS
from tests.data.distortions.examples import SPECS, noise

SIDE = 8
DISK = np.hypot(*np.mgrid[-20:21, -20:21])[None, ..., None]
ROTATED = SPECS["R"]


def test_drawn_ranges_preset():
    steps = (distortion_steps.Rotate(degrees=(-30, 10)), distortion_steps.Shift(distance=(2, 2)))
    epoch = SplitView(noise(500), "train", DistortionSpec(steps)).examples()
    ranges = drawn_ranges(epoch)
    assert list(ranges) == ["rotation", "shift_x", "shift_y"]
    drawn = epoch.distortions[0].values["rotation"]
    assert ranges["rotation"].least == drawn.min() == pytest.approx(-30, abs=1)
    assert ranges["rotation"].largest == drawn.max() == pytest.approx(10, abs=1)
    assert ranges["rotation"].mean == pytest.approx(drawn.mean())
    assert [found.unit for found in ranges.values()] == ["degrees", "pixels", "pixels"]


def test_drawn_ranges_cover_all_images_of_an_example():
    epoch = SplitView(noise(30), "train", SPECS["addition"]).examples()
    scales = np.stack([each.values["scale"] for each in epoch.distortions])
    found = drawn_ranges(epoch)["scale"]
    assert (found.least, found.largest) == (scales.min(), scales.max())
    assert found.mean == pytest.approx(scales.mean())


def test_drawn_ranges_number_steps_of_one_kind():
    steps = tuple(distortion_steps.Rotate(degrees=(low, low + 1)) for low in (1, 3, 5))
    ranges = drawn_ranges(SplitView(noise(3), "train", DistortionSpec(steps)).examples())
    assert [int(found.least) for found in ranges.values()] == [1, 3, 5]
    assert list(ranges) == ["rotation", "rotation_2", "rotation_3"]
    assert {found.unit for found in ranges.values()} == {"degrees"}


def test_drawn_ranges_are_empty_for_plain_images():
    assert drawn_ranges(SplitView(noise(3), "train").examples()) == {}


def test_units_cover_all_drawn_values():
    specs = [DistortionSpec((step(),)) for step in STEPS.values()]
    specs += [distortion_spec(SETS[name]()) for name in SETS]
    names = {
        name
        for spec in specs
        for name in drawn_ranges(SplitView(noise(3), "train", spec).examples())
    }
    assert names == set(UNITS)


def lost_by(spec, split, size=20):
    epoch = SplitView(split, "train", spec).examples()
    return lost_mass(epoch, np.arange(size))


def mapped(*thetas, images=None, crops=None):
    """Return examples of white images, each sampled by an affine theta."""
    n = len(thetas)
    images = np.full((n, SIDE, SIDE, 1), 255, np.uint8) if images is None else images
    split = Split(images, np.zeros(n, np.int64))
    stage = ThetaStage(TRANSFORMS["affine"], np.array(thetas, np.float64))
    distortion = DrawnDistortion(np.arange(n), (stage,), crops, {})
    return EpochExamples(SplitView(split, "train", ROTATED), [distortion], split.labels)


def shifted(pixels):
    """Return the theta that moves the image to the right."""
    return [1, 0, -2 * pixels / (SIDE - 1), 0, 1, 0]


@pytest.mark.parametrize(
    ("pixels", "share"), [(0, 0), (2, 0.25), (4, 0.5), (-4, 0.5), (7, 0.875), (8, 1), (300, 1)]
)
def test_lost_mass_of_a_shift_preset(pixels, share):
    """The share of columns beyond the canvas, also if the whole image is out of range."""
    lost = lost_mass(mapped(shifted(pixels)), np.array([0]))
    np.testing.assert_allclose(lost, [[share]], atol=1e-5)


def test_lost_mass_is_measured_per_example():
    epoch = mapped(*map(shifted, (0, 2, 4, 8)))
    lost = lost_mass(epoch, np.array([3, 1, 1, 0]))
    np.testing.assert_allclose(lost[:, 0], [1, 0.25, 0.25, 0], atol=1e-5)


def test_lost_mass_is_0_if_scaled_down_and_positive_if_scaled_up():
    half, twice = [2, 0, 0, 0, 2, 0], [0.5, 0, 0, 0, 0.5, 0]
    smaller, larger = lost_mass(mapped(half, twice), np.arange(2))[:, 0]
    assert smaller == pytest.approx(0, abs=1e-6)
    assert larger == pytest.approx(0.75, abs=0.03)


def test_lost_mass_is_0_for_a_blank_image():
    blank = np.zeros((1, SIDE, SIDE, 1), np.uint8)
    assert lost_mass(mapped(shifted(8), images=blank), np.array([0])) == 0


def test_lost_mass_ignores_crops():
    """A canvas full of crops shows no part of the image."""
    places = np.zeros((1, 1, 2), np.int64)
    crops = Crops(np.zeros((1, 1), np.int64), places, places, SIDE)
    lost = lost_mass(mapped(shifted(8), crops=crops), np.array([0]))
    np.testing.assert_allclose(lost, [[1]])


@pytest.mark.parametrize("spec", [UNDISTORTED, SPECS["T"]])
def test_lost_mass_is_0_for_whole_images(spec):
    lost = lost_by(spec, noise(20), size=7)
    assert lost.shape == (7, 1)
    np.testing.assert_allclose(lost, 0, atol=1e-6)


@pytest.mark.parametrize(("name", "images"), [("P", 1), ("addition", 2), ("three stages", 1)])
def test_lost_mass_is_a_share_per_image(name, images):
    lost = lost_by(SPECS[name], noise(20), size=7)
    assert lost.shape == (7, images)
    assert lost.min() >= 0
    assert lost.max() <= 1


def test_lost_mass_of_a_rotation_is_that_of_the_corners():
    """A white square, rotated by 45 degrees, keeps 2 (sqrt 2 - 1) of its area."""
    split = Split(np.full((1, 40, 40, 1), 255, np.uint8), np.zeros(1, np.int64))
    spec = DistortionSpec((distortion_steps.Rotate(degrees=(45, 45)),))
    lost = lost_by(spec, split, size=1)
    assert lost[0, 0] == pytest.approx(1 - 2 * (np.sqrt(2) - 1), abs=0.02)


def test_lost_mass_does_not_depend_on_the_chunk_size(monkeypatch):
    whole = lost_by(ROTATED, noise(20))
    monkeypatch.setattr(distortion_stats, "MAX_POINTS", 3 * 84 * 84)
    np.testing.assert_array_equal(lost_by(ROTATED, noise(20)), whole)
    monkeypatch.setattr(distortion_stats, "MAX_POINTS", 1)
    np.testing.assert_array_equal(lost_by(ROTATED, noise(20)), whole)


def sharpness_of(images, *steps):
    split = Split(images, np.zeros(len(images), np.int64))
    return sharpness(SplitView(split, "train", DistortionSpec(steps)).examples())


def rotation(degrees):
    return distortion_steps.Rotate(degrees=(degrees, degrees))


def test_gradient_energy_counts_differences_to_all_sides():
    images = np.zeros((2, 3, 4, 2), np.float32)
    images[0, 1, 1, 0] = 1  # in the interior: 4 differences
    images[1, 0, 0, 1] = 0.5  # in a corner, with 2 differences to the outside
    assert gradient_energy(images) == 4 + 4 * 0.25


@pytest.mark.parametrize("degrees", [0, 2, 15, 45, 90])
def test_sharpness_of_rotated_digits_is_that_of_scipy(degrees):
    """Bilinear interpolation blurs, except at 0 and 90 degrees, where no pixel is interpolated."""
    digits = read_digits().x_train[:40] / 255
    options = {"axes": (2, 1), "reshape": False, "order": 1, "mode": "grid-constant"}
    V = ndimage.rotate(digits, degrees, **options)
    framed = [np.pad(images, ((0, 0), (1, 1), (1, 1))) for images in (V, digits)]
    energies = [sum((np.diff(U, axis=axis) ** 2).sum() for axis in (1, 2)) for U in framed]
    found = sharpness_of(digits[..., None], rotation(degrees))
    assert found == pytest.approx(energies[0] / energies[1], rel=1e-3)
    assert (found == pytest.approx(1, abs=1e-4)) == (degrees in {0, 90})


@pytest.mark.parametrize(
    "step",
    [
        rotation(30),
        distortion_steps.Scale(factor=(0.7, 0.7)),
        distortion_steps.Scale(factor=(1.4, 1.4)),
        distortion_steps.Shift(distance=(2.5, 2.5)),
    ],
)
def test_sharpness_measures_the_blur_and_not_the_motion(step):
    """A smooth disk keeps its gradient energy; interpolation blurs its sharp version."""
    smooth, sharp = np.exp(-((DISK / 5) ** 2)), (DISK < 8).astype(float)
    assert sharpness_of(smooth, step) == pytest.approx(1, abs=0.06)
    assert sharpness_of(sharp, step) < 0.85


def test_sharpness_without_an_edge_is_1():
    assert sharpness(SplitView(noise(3), "train").examples()) == 1
    assert sharpness_of(np.zeros((3, 9, 9, 1), np.uint8), rotation(30)) == 1


def test_sharpness_ignores_crops():
    assert sharpness(SplitView(noise(30), "train", SPECS["TC"]).examples()) == pytest.approx(1)


def test_sharpness_of_several_images_per_example():
    two = SplitView(noise(30), "train", DistortionSpec((rotation(90),), 2)).examples()
    assert sharpness(two) == pytest.approx(1, abs=1e-4)
