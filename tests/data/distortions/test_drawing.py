from functools import cache

import numpy as np
import pytest
from scipy.stats import chisquare, kstest, norm, uniform

from stnctl.config import distortion_sets as config
from stnctl.config import distortion_steps
from stnctl.config.distortion_sets import SETS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.errors import ConfigError

N = 100_000
LEAST_P = 1e-3
"""Least p-value of a test; numbers are fixed, so that a test always passes or always fails."""

MANY = DistortionSpec(
    (
        distortion_steps.Rotate(),
        distortion_steps.Elastic(),
        distortion_steps.Place(),
        distortion_steps.Corners(std=14.0),
        distortion_steps.Clutter(),
    ),
    num_images=2,
)
"""Every kind of number; half of the corners are redrawn."""


@cache
def distortions_of(name):
    """Return the distortions of N examples of a set."""
    return draw_distortions(distortion_spec(SETS[name]()), CounterRNG(0, "train"), N, (28, 28))


def values_of(name, image=0):
    return distortions_of(name)[image].values


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


def assert_equally_frequent(found, count):
    """Assert that 0 ... count - 1 are equally frequent, by a chi-square test."""
    often = np.bincount(found.astype(int))
    assert len(often) == count
    assert chisquare(often).pvalue > LEAST_P


def assert_independent(*columns):
    """Assert that correlations are below 5 errors."""
    correlation = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlation).max() < 5 / np.sqrt(columns[0].size)


def corners_of_frames(values, extent, canvas):
    """Return the first row and column of pixels of each frame, (2, N)."""
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
def test_draw_distortions_uniform(name, image, value, low, high):
    assert_drawn_from(uniform(low, high - low), values_of(name, image)[value])


def test_draw_distortions_normal_elastic():
    """16 control points by x and y: 1.5 pixels each, all independent of each other."""
    values = values_of("E")
    columns = [*values["elastic_x"].T, *values["elastic_y"].T]
    assert len(columns) == 32
    for column in columns:
        assert_moments(norm(0, 1.5), column)
    for column in (columns[0], columns[-1]):
        assert_drawn_from(norm(0, 1.5), column)
    assert_independent(*columns, values["scale"])


def test_draw_distortions_nearly_normal_corners():
    """4 corners by x and y: 5 pixels each, except for those that form no convex quadrilateral.

    These are redrawn: the spread becomes 4.977 pixels, and corners move out by 0.02 pixels.
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
def test_draw_distortions_places_the_frame_on_every_pixel_with_room(name, image, rooms):
    """The frame is whole; all pixels with room are equally frequent for its corner."""
    values, canvas = values_of(name, image), SETS[name]().model_dump()["canvas"][0]
    extent = 28 * values.get("scale", np.ones(N))
    corners, room = corners_of_frames(values, extent, canvas), np.floor(canvas - extent)
    assert (corners >= 0).all()
    assert (corners + extent <= canvas).all()
    assert_independent(*(corners - room / 2))
    assert np.unique(room).tolist() == list(rooms)
    for pixels in rooms:
        for axis in corners:
            assert_equally_frequent(axis[room == pixels], pixels + 1)


def test_draw_distortions_clutters_evenly():
    """Six crops: each from another image than the own one, with uniform corners in both."""
    (images,) = distortions_of("TC")
    crops = images.crops
    assert crops.size == 6
    assert crops.image_indices.shape == (N, 6)
    ahead = (crops.image_indices - np.arange(N)[:, None]) % N
    assert ahead.min() >= 1
    for taken, placed, distance in zip(
        np.moveaxis(crops.image_corners, 1, 0),
        np.moveaxis(crops.canvas_corners, 1, 0),
        ahead.T,
        strict=True,
    ):
        assert_drawn_from(uniform(1, N - 1), distance.astype(float))
        for axis in (0, 1):
            assert_equally_frequent(taken[:, axis], 28 - 6 + 1)
            assert_equally_frequent(placed[:, axis], 60 - 6 + 1)
        assert_independent(*taken.T, *placed.T, distance)


def test_draw_distortions_clutters_no_image_with_itself():
    """Nor the second image of an example, whose index is random."""
    cluttered = DistortionSpec(distortion_spec(config.TC()).steps, num_images=2)
    for image in draw_distortions(cluttered, CounterRNG(0, "test"), 300, (28, 28)):
        assert (image.crops.image_indices != image.image_indices[:, None]).all()


def test_draw_distortions_adds_any_other_image():
    """The first is the example's own; the second may be any, with a rotation of its own."""
    first, second = distortions_of("addition")
    np.testing.assert_array_equal(first.image_indices, np.arange(N))
    assert_drawn_from(uniform(0, N), second.image_indices.astype(float))
    assert_independent(
        first.image_indices,
        second.image_indices,
        first.values["rotation"],
        second.values["rotation"],
    )


@pytest.mark.parametrize("name", [*SETS, "many"])
def test_draw_distortions_of_an_example_do_not_depend_on_others(name):
    """The numbers of the first 50 are the same among 50 and among 120, redrawn or not."""
    spec = MANY if name == "many" else distortion_spec(SETS[name]())
    few, many = (
        draw_distortions(spec, CounterRNG(1, "train", 2), size, (28, 28)) for size in (50, 120)
    )
    for one, other in zip(few, many, strict=True):
        for value, drawn in one.values.items():
            np.testing.assert_array_equal(drawn, other.values[value][:50])
        for stage, expected in zip(one.theta_stages, other.theta_stages, strict=True):
            assert stage.transform == expected.transform
            np.testing.assert_allclose(stage.theta, expected.theta[:50], rtol=1e-12, atol=1e-15)
        if one.crops is not None:
            np.testing.assert_array_equal(one.crops.image_corners, other.crops.image_corners[:50])
            np.testing.assert_array_equal(one.crops.canvas_corners, other.crops.canvas_corners[:50])


@pytest.mark.parametrize(
    "other", [CounterRNG(2, "train", 3), CounterRNG(1, "validation", 3), CounterRNG(1, "train", 4)]
)
def test_draw_distortions_differs_with_seed_split_and_epoch(other):
    one, another = (
        draw_distortions(MANY, rng, 9, (28, 28))[0] for rng in (CounterRNG(1, "train", 3), other)
    )
    assert one.values.keys() == another.values.keys()
    for name, values in one.values.items():
        assert (values != another.values[name]).mean() > 0.5


def test_draw_distortions_gives_each_step_its_own_numbers():
    """Also two steps of one kind, their redrawn numbers, and the images of an example."""
    twice = DistortionSpec(
        (distortion_steps.Corners(std=13.0), distortion_steps.Corners(std=13.0)), num_images=2
    )
    images = draw_distortions(twice, CounterRNG(0, "train"), 50, (28, 28))
    thetas = [stage.theta for image in images for stage in image.theta_stages]
    numbers = np.concatenate(thetas)
    assert numbers.shape == (200, 8)
    assert len(np.unique(numbers.round(9), axis=0)) == 200


def test_draw_distortions_rejects():
    with pytest.raises(ConfigError, match="clutter needs at least 2 images"):
        draw_distortions(distortion_spec(config.TC()), CounterRNG(0, "train"), 1, (28, 28))
    with pytest.raises(ConfigError, match="crops of 6x6 pixels are larger than the images"):
        draw_distortions(distortion_spec(config.TC()), CounterRNG(0, "train"), 9, (28, 5))
