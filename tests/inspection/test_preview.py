import time
from dataclasses import replace

import numpy as np
import pytest

from stnctl.config import distortion as config
from stnctl.config.distortion import SETS, STEPS
from stnctl.data.distortions.recipe import PLAIN, Recipe, recipe_of
from stnctl.data.views import CHUNK, View
from stnctl.errors import ConfigError
from stnctl.inspection import preview
from stnctl.inspection.preview import (
    UNITS,
    LostMass,
    drawn_ranges,
    images_per_second,
    measure_lost_mass,
    refuse_lost_mass,
    spread,
)
from tests.data.distortions.examples import RECIPES, noise


def view_of(*steps, num_images=1, size=16):
    return View(noise(size), "train", Recipe(steps, num_images))


@pytest.mark.parametrize(
    ("size", "most", "expected"),
    [(5, 3, [0, 2, 4]), (3, 5, [0, 1, 2]), (1, 5, [0]), (1000, 2, [0, 999])],
)
def test_spread_preset(size, most, expected):
    np.testing.assert_array_equal(spread(size, most), expected)


def test_spread_chooses_none_twice():
    for size in range(50, 70):
        assert len(set(spread(size, 50))) == 50


def test_drawn_ranges_preset():
    steps = (config.Rotate(degrees=(-30, 10)), config.Shift(distance=(2, 2)))
    epoch = view_of(*steps, size=500).epoch()
    ranges = drawn_ranges(epoch)
    assert list(ranges) == ["rotation", "shift_x", "shift_y"]
    drawn = epoch.images[0].values["rotation"]
    assert ranges["rotation"].least == drawn.min() == pytest.approx(-30, abs=1)
    assert ranges["rotation"].largest == drawn.max() == pytest.approx(10, abs=1)
    assert ranges["rotation"].mean == pytest.approx(drawn.mean())
    assert [found.unit for found in ranges.values()] == ["degrees", "pixels", "pixels"]


def test_drawn_ranges_are_of_all_images_of_an_example():
    epoch = View(noise(30), "train", RECIPES["addition"]).epoch()
    scales = np.stack([image.values["scale"] for image in epoch.images])
    found = drawn_ranges(epoch)["scale"]
    assert (found.least, found.largest) == (scales.min(), scales.max())
    assert found.mean == pytest.approx(scales.mean())


def test_drawn_ranges_keep_what_is_drawn_twice():
    steps = tuple(config.Rotate(degrees=(low, low + 1)) for low in (1, 3, 5))
    ranges = drawn_ranges(View(noise(3), "train", Recipe(steps)).epoch())
    assert [int(found.least) for found in ranges.values()] == [1, 3, 5]
    assert list(ranges) == ["rotation", "rotation_2", "rotation_3"]
    assert {found.unit for found in ranges.values()} == {"degrees"}


def test_drawn_ranges_of_plain_images_are_none():
    assert drawn_ranges(View(noise(3), "train").epoch()) == {}


def test_units_are_known_of_all_that_is_drawn():
    recipes = [Recipe((step(),)) for step in STEPS.values()]
    recipes += [recipe_of(SETS[name]()) for name in SETS]
    names = {
        name for recipe in recipes for name in drawn_ranges(View(noise(3), "train", recipe).epoch())
    }
    assert names == set(UNITS)


def test_images_per_second_counts_what_is_made(monkeypatch):
    """A compiler whose functions take 20 ms each: one for the grids, one for the images."""
    monkeypatch.setattr(preview, "_PATIENCE", 0.0)

    def slow(function):
        def run(*arguments):
            time.sleep(0.02)
            return function(*arguments)

        return run

    view = view_of(config.Rotate())
    rate = images_per_second(replace(view, compiler=slow))
    assert 0 < rate < CHUNK / 0.04
    assert images_per_second(replace(view, recipe=PLAIN)) > rate


def test_measure_lost_mass_preset():
    """Nothing of images that are whole, all of images that are moved far."""
    assert measure_lost_mass(view_of(config.Place()).epoch(), 7) == LostMass(
        pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6), 7
    )
    far = view_of(config.Shift(distance=(40, 40)), num_images=2)
    assert measure_lost_mass(far.epoch()) == LostMass(1.0, 1.0, 2 * 16)


@pytest.mark.parametrize("mean", [0.0, 0.5])
def test_refuse_lost_mass_passes_what_stays(mean):
    refuse_lost_mass(view_of(config.Rotate()), LostMass(mean, 1.0, 16))


@pytest.mark.parametrize(
    ("steps", "hint"),
    [
        (
            (config.Rotate(), config.Shift(distance=(30, 30))),
            "draw less in `shift`, or take a larger",
        ),
        ((config.Scale(factor=(4, 5)), config.Shift()), "draw less in `scale`, or take a larger"),
        ((config.Rotate(), config.Place(canvas=(9, 9))), "%: take a larger canvas"),
        (
            (config.Resize(size=(9, 9)), config.Clutter(), config.Rotate()),
            "%: take a larger canvas",
        ),
    ],
)
def test_refuse_lost_mass_names_what_matters(steps, hint):
    view = view_of(*steps)
    lost = measure_lost_mass(view.epoch())
    with pytest.raises(
        ConfigError, match=f"on average {lost.mean:.0%} .* leaves the canvas of"
    ) as caught:
        refuse_lost_mass(view, lost)
    assert hint in caught.value.hint
    height, width, _ = view.input_shape
    assert f"{height}x{width}" in str(caught.value)
