"""Arrays of the penalties: images with a further distortion, and the thetas of both."""

import json
from dataclasses import replace

import numpy as np
import pytest

from stnctl.config.penalties_section import Penalties
from stnctl.data.distortions.distortion_spec import UNDISTORTED
from stnctl.data.penalized_examples import PenalizedExamples
from stnctl.data.split_view import SplitView
from stnctl.errors import ConfigError
from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.warp_map import warp
from tests.data.distortions.examples import SPECS, noise

N = 20
INDICES = np.array([3, 0, 17])
QUARTER = {"consistency": {"distortion": {"set": "R", "rotation": [90.0, 90.0]}}}
RANDOM = {"consistency": {"distortion": "R"}}


def examples_of(penalties, spec=UNDISTORTED, *, split=None, seed=0, epoch=0, pixels="unit"):
    view = SplitView(split or noise(N), "train", spec, seed, pixels)
    section = Penalties.model_validate_json(json.dumps(penalties))
    return PenalizedExamples(view.examples(epoch), section, epoch)


def test_arrays_without_penalties():
    examples = examples_of({})
    arrays = examples.arrays(INDICES)
    assert list(arrays) == ["U", "labels"]
    np.testing.assert_array_equal(arrays["labels"], examples.examples.labels[INDICES])


@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_changed_by_a_quarter_turn(pixels):
    """Positive angles turn the displayed image counterclockwise, as `numpy.rot90`."""
    arrays = examples_of(QUARTER, pixels=pixels).arrays(INDICES)
    np.testing.assert_allclose(
        arrays["changed"], np.rot90(arrays["U"], axes=(1, 2)), atol=1e-5 * arrays["U"].max()
    )


@pytest.mark.parametrize("name", ["none", "R", "RTS", "E"])
def test_changed_image_is_sampled_at_the_points_of_the_change(name):
    """Away from the edges, but for the interpolation of an interpolated image."""
    steps = [{"step": "rotate", "degrees": [10.0, 20.0]}]
    penalties = {"consistency": {"distortion": steps}}
    examples = examples_of(penalties, SPECS.get(name, UNDISTORTED), split=smooth_images())
    arrays = examples.arrays(INDICES)
    expected = warp(arrays["U"], arrays["change0"], transform="affine")
    error, turned = (np.abs(arrays["changed"] - each).mean() for each in (expected, arrays["U"]))
    assert error < 0.15 * turned, (error, turned)


def smooth_images():
    """Return a split of images of a bright blob beside the center."""
    y, x = np.mgrid[:28, :28]
    blob = 255 * np.exp(-((x - 18) ** 2 / 30 + (y - 12) ** 2 / 12))
    split = noise(N)
    return replace(split, images=np.tile(blob.astype("uint8")[None, ..., None], (N, 1, 1, 1)))


def test_changes_are_a_function_of_seed_and_epoch():
    angles = {
        key: examples_of(RANDOM, seed=key[0], epoch=key[1]).arrays(np.arange(N))["change0"]
        for key in ((0, 0), (0, 1), (1, 0))
    }
    again = examples_of(RANDOM).arrays(np.arange(N))["change0"]
    np.testing.assert_array_equal(angles[0, 0], again)
    assert len({each.tobytes() for each in angles.values()}) == 3


def test_changes_are_independent_of_the_distortion():
    examples = examples_of(RANDOM | {"supervised": 1.0}, SPECS["R"])
    arrays = examples.arrays(np.arange(N))
    drawn, change = (arrays[name][:, 0] for name in ("drawn0", "change0"))
    assert abs(np.corrcoef(drawn, change)[0, 1]) < 0.6


@pytest.mark.parametrize("name", ["R", "RTS", "P", "E", "TC"])
def test_drawn_thetas_are_those_of_the_images(name):
    examples = examples_of({"supervised": 1.0}, SPECS[name])
    [stage] = examples.examples.distortions[0].theta_stages
    arrays = examples.arrays(INDICES)
    np.testing.assert_array_equal(arrays["drawn0"], stage.theta[INDICES].astype("float32"))
    assert examples.drawn[0].transform == stage.transform
    assert arrays["drawn0"].shape[1] == stage.transform.num_params
    assert TRANSFORMS["affine"].num_params == 6


@pytest.mark.parametrize(
    ("penalties", "spec", "problem"),
    [
        ({"consistency": {"distortion": "RTS"}}, UNDISTORTED, "must keep the canvas of 28x28"),
        ({"consistency": {"distortion": "addition"}}, UNDISTORTED, "must keep the canvas"),
        (
            {"consistency": {"distortion": [{"step": "clutter"}]}},
            UNDISTORTED,
            "must have no clutter",
        ),
        ({"supervised": 1.0}, UNDISTORTED, "needs examples with one distorted image each"),
        ({"supervised": 1.0}, SPECS["addition"], "needs examples with one distorted image each"),
    ],
)
def test_check_names_the_key(penalties, spec, problem):
    with pytest.raises(ConfigError, match=problem) as caught:
        examples_of(penalties, spec).check()
    assert caught.value.problems[0].path.startswith(next(iter(penalties)))


def test_check_of_fitting_penalties():
    examples_of(RANDOM | {"supervised": 1.0}, SPECS["RTS"]).check()
