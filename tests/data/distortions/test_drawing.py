from functools import cache

import numpy as np
import pytest
from scipy.stats import chisquare, kstest, norm, uniform

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_sets import SETS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.errors import ConfigError

N = 100_000
LEAST_P = 1e-3
"""Of a test; numbers are drawn once and for ever, so that it passes always or never."""

MANY = DistortionSpec(
    (config.Rotate(), config.Elastic(), config.Place(), config.Corners(std=14.0), config.Clutter()),
    num_images=2,
)
"""Every kind of number; half of the corners are drawn again."""


@cache
def images_of(name):
    """Return the images of N examples of a set."""
    return draw_distortions(distortion_spec(SETS[name]()), CounterRNG(0, "train"), N, (28, 28))


def values_of(name, image=0):
    return images_of(name)[image].values


def assert_moments(distribution, found):
    """Assert range, mean and standard deviation, to 4 standard errors."""
    assert found.shape == (N,)
    low, high = distribution.support()
    assert low <= found.min()
    assert found.max() <= high
    mean, std = distribution.mean(), distribution.std()
    kurtosis = 3 + distribution.stats("k")
    assert abs(found.mean() - mean) < 4 * std / np.sqrt(N)
    assert abs(found.std() - std) < 4 * std * np.sqrt((kurtosis - 1) / 4 / N)


def assert_drawn_from(distribution, found):
    """Assert the moments, and the distribution by a Kolmogorov-Smirnov test."""
    assert_moments(distribution, found)
    assert kstest(found, distribution.cdf).pvalue > LEAST_P


def assert_as_often(found, count):
    """Assert that each of 0 ... count - 1 comes as often as the others, by a chi-square test."""
    often = np.bincount(found.astype(int))
    assert len(often) == count
    assert chisquare(often).pvalue > LEAST_P


def assert_independent(*columns):
    """Assert that correlations are below 5 errors."""
    correlation = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlation).max() < 5 / np.sqrt(columns[0].size)


def corners_of_frames(values, extent, canvas):
    """Return the first row and column of pixels of each frame, (2, N), as they are counted."""
    shifts = np.stack([values["shift_y"], values["shift_x"]])
    edges = shifts + (canvas - extent) / 2
    np.testing.assert_allclose(edges, np.rint(edges), rtol=0, atol=1e-9)
    return np.rint(edges)


@pytest.mark.parametrize(
    ("name", "image", "value", "low", "high"),
    [
        ("R", 0, "rotation", -90, 90),
        ("RTS", 0, "rotation", -45, 45),
        ("RTS", 0, "scale", 0.7, 1.2),
        ("P", 0, "scale", 0.75, 1.0),
        ("E", 0, "scale", 0.75, 1.0),
        ("addition", 0, "rotation", -45, 45),
        ("addition", 0, "scale", 0.7, 1.2),
        ("addition", 1, "rotation", -45, 45),
        ("addition", 1, "scale", 0.7, 1.2),
    ],
)
def test_draw_is_uniform(name, image, value, low, high):
    assert_drawn_from(uniform(low, high - low), values_of(name, image)[value])


def test_draw_is_normal_elastic():
    """16 control points by x and y: 1.5 pixels each, all independent of each other."""
    values = values_of("E")
    columns = [*values["elastic_x"].T, *values["elastic_y"].T]
    assert len(columns) == 32
    for column in columns:
        assert_moments(norm(0, 1.5), column)
    for column in (columns[0], columns[-1]):
        assert_drawn_from(norm(0, 1.5), column)
    assert_independent(*columns, values["scale"])


def test_draw_is_nearly_normal_corners():
    """4 corners by x and y: 5 pixels each, but for those that make no convex quadrilateral.

    These are drawn again: the spread becomes 4.977 pixels, and corners move out by 0.02 pixels.
    """
    values = values_of("P")
    columns = np.stack([*values["corner_x"].T, *values["corner_y"].T])
    assert columns.shape == (8, N)
    assert columns.std(axis=1) == pytest.approx(np.full(8, 5), rel=0.01)
    assert columns.std() == pytest.approx(4.977, abs=0.003)
    outward = columns.mean(axis=1) * [-1, 1, 1, -1, -1, -1, 1, 1]
    assert np.abs(outward).max() < 4 * 5 / np.sqrt(N)
    assert outward.mean() == pytest.approx(0.02, abs=0.01)
    assert np.abs(np.corrcoef(columns) - np.eye(8)).max() < 0.03


@pytest.mark.parametrize(
    ("name", "image", "rooms"),
    [
        ("RTS", 0, range(8, 23)),
        ("T", 0, [32]),
        ("TC", 0, [32]),
        ("addition", 0, range(8, 23)),
        ("addition", 1, range(8, 23)),
    ],
)
def test_draw_places_the_frame_on_every_pixel_with_room(name, image, rooms):
    """It is whole; each pixel is as likely for its corner, by how many pixels there are."""
    values, canvas = values_of(name, image), SETS[name]().canvas[0]
    extent = 28 * values.get("scale", np.ones(N))
    corners, room = corners_of_frames(values, extent, canvas), np.floor(canvas - extent)
    assert (corners >= 0).all()
    assert (corners + extent <= canvas).all()
    assert_independent(*(corners - room / 2))
    assert np.unique(room).tolist() == list(rooms)
    for pixels in rooms:
        for axis in corners:
            assert_as_often(axis[room == pixels], pixels + 1)


def test_draw_clutters_evenly():
    """Six crops: each from another image than the own one, from anywhere, to anywhere."""
    (images,) = images_of("TC")
    crops = images.crops
    assert crops.size == 6
    assert crops.source.shape == (N, 6)
    ahead = (crops.source - np.arange(N)[:, None]) % N
    assert ahead.min() >= 1
    for taken, placed, distance in zip(
        np.moveaxis(crops.taken, 1, 0), np.moveaxis(crops.placed, 1, 0), ahead.T, strict=True
    ):
        assert_drawn_from(uniform(1, N - 1), distance.astype(float))
        for axis in (0, 1):
            assert_as_often(taken[:, axis], 28 - 6 + 1)
            assert_as_often(placed[:, axis], 60 - 6 + 1)
        assert_independent(*taken.T, *placed.T, distance)


def test_draw_clutters_no_image_with_itself():
    """Also the second image of an example, which is not its own."""
    cluttered = DistortionSpec(distortion_spec(config.TC()).steps, num_images=2)
    for image in draw_distortions(cluttered, CounterRNG(0, "test"), 300, (28, 28)):
        assert (image.crops.source != image.source[:, None]).all()


def test_draw_adds_any_other_image():
    """The first is the example's own; the second may be any, and is turned by itself."""
    first, second = images_of("addition")
    np.testing.assert_array_equal(first.source, np.arange(N))
    assert_drawn_from(uniform(0, N), second.source.astype(float))
    assert_independent(
        first.source, second.source, first.values["rotation"], second.values["rotation"]
    )


@pytest.mark.parametrize("name", [*SETS, "many"])
def test_draw_of_an_example_does_not_depend_on_others(name):
    """The numbers of the first 50 are the same among 50 and among 120, drawn again or not."""
    recipe = MANY if name == "many" else distortion_spec(SETS[name]())
    few, many = (
        draw_distortions(recipe, CounterRNG(1, "train", 2), size, (28, 28)) for size in (50, 120)
    )
    for one, other in zip(few, many, strict=True):
        for value, expected in one.values.items():
            np.testing.assert_array_equal(expected, other.values[value][:50])
        for link, expected in zip(one.links, other.links, strict=True):
            assert link.transform == expected.transform
            np.testing.assert_allclose(link.theta, expected.theta[:50], rtol=1e-12, atol=1e-15)
        if one.crops is not None:
            np.testing.assert_array_equal(one.crops.taken, other.crops.taken[:50])
            np.testing.assert_array_equal(one.crops.placed, other.crops.placed[:50])


@pytest.mark.parametrize(
    "other", [CounterRNG(2, "train", 3), CounterRNG(1, "validation", 3), CounterRNG(1, "train", 4)]
)
def test_draw_differs_with_seed_split_and_epoch(other):
    one, another = (
        draw_distortions(MANY, draws, 9, (28, 28))[0]
        for draws in (CounterRNG(1, "train", 3), other)
    )
    assert one.values.keys() == another.values.keys()
    for name, values in one.values.items():
        assert (values != another.values[name]).mean() > 0.5


def test_draw_gives_each_step_numbers_of_its_own():
    """Also two steps of a kind, what is drawn again for them, and the images of an example."""
    twice = DistortionSpec((config.Corners(std=13.0), config.Corners(std=13.0)), num_images=2)
    images = draw_distortions(twice, CounterRNG(0, "train"), 50, (28, 28))
    thetas = [link.theta for image in images for link in image.links]
    numbers = np.concatenate(thetas)
    assert numbers.shape == (200, 8)
    assert len(np.unique(numbers.round(9), axis=0)) == 200


def test_draw_rejects():
    with pytest.raises(ConfigError, match="clutter needs at least 2 images"):
        draw_distortions(distortion_spec(config.TC()), CounterRNG(0, "train"), 1, (28, 28))
    with pytest.raises(ConfigError, match="crops of 6x6 pixels are larger than the images"):
        draw_distortions(distortion_spec(config.TC()), CounterRNG(0, "train"), 9, (28, 5))
