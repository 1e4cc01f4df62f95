import numpy as np
import pytest

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_sets import SETS
from stnctl.config.distortion_steps import STEPS
from stnctl.data.distortion_stats import UNITS, drawn_ranges
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.split_view import SplitView
from tests.data.distortions.examples import RECIPES, noise


def test_drawn_ranges_preset():
    steps = (config.Rotate(degrees=(-30, 10)), config.Shift(distance=(2, 2)))
    epoch = SplitView(noise(500), "train", DistortionSpec(steps)).examples()
    ranges = drawn_ranges(epoch)
    assert list(ranges) == ["rotation", "shift_x", "shift_y"]
    drawn = epoch.images[0].values["rotation"]
    assert ranges["rotation"].least == drawn.min() == pytest.approx(-30, abs=1)
    assert ranges["rotation"].largest == drawn.max() == pytest.approx(10, abs=1)
    assert ranges["rotation"].mean == pytest.approx(drawn.mean())
    assert [found.unit for found in ranges.values()] == ["degrees", "pixels", "pixels"]


def test_drawn_ranges_are_of_all_images_of_an_example():
    epoch = SplitView(noise(30), "train", RECIPES["addition"]).examples()
    scales = np.stack([image.values["scale"] for image in epoch.images])
    found = drawn_ranges(epoch)["scale"]
    assert (found.least, found.largest) == (scales.min(), scales.max())
    assert found.mean == pytest.approx(scales.mean())


def test_drawn_ranges_keep_what_is_drawn_twice():
    steps = tuple(config.Rotate(degrees=(low, low + 1)) for low in (1, 3, 5))
    ranges = drawn_ranges(SplitView(noise(3), "train", DistortionSpec(steps)).examples())
    assert [int(found.least) for found in ranges.values()] == [1, 3, 5]
    assert list(ranges) == ["rotation", "rotation_2", "rotation_3"]
    assert {found.unit for found in ranges.values()} == {"degrees"}


def test_drawn_ranges_of_plain_images_are_none():
    assert drawn_ranges(SplitView(noise(3), "train").examples()) == {}


def test_units_are_known_of_all_that_is_drawn():
    recipes = [DistortionSpec((step(),)) for step in STEPS.values()]
    recipes += [distortion_spec(SETS[name]()) for name in SETS]
    names = {
        name
        for recipe in recipes
        for name in drawn_ranges(SplitView(noise(3), "train", recipe).examples())
    }
    assert names == set(UNITS)
