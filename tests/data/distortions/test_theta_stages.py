import re

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_sets import SETS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.data.distortions.pipeline_state import PipelineState
from stnctl.data.distortions.step_rules import apply_step, width_of
from stnctl.data.distortions.theta_stages import theta_stages
from stnctl.errors import ConfigError
from stnctl.geometry.frames import half_sides
from stnctl.geometry.grid import regular_grid
from tests.data.distortions.reference import sources

IMAGE_SIZE = (11, 8)
SIZES = st.tuples(st.integers(4, 14), st.integers(4, 14))
STEPS = st.one_of(
    st.just(config.Rotate()),
    st.just(config.Scale(factor=(0.5, 2.0))),
    st.just(config.Shear()),
    st.just(config.Shift(distance=(0.0, 9.0))),
    st.just(config.Corners(std=1.0)),
    st.just(config.Elastic(std=0.5, control_points=(3, 4))),
    SIZES.map(lambda size: config.ResizeCanvas(size=size)),
    SIZES.map(lambda size: config.Place(canvas=size)),
)
FAMILIES = {
    "R": ["Affine"],
    "RTS": ["Affine"],
    "P": ["Projective"],
    "E": ["ThinPlateSpline"],
    "T": ["Affine"],
    "TC": ["Affine"],
    "addition": ["Affine", "Affine"],
}


def drafted(steps, seed=0):
    """Return the draft of two images, and for each step what was drawn for the second one."""
    draft, drawn = PipelineState.begin(CounterRNG(seed, "train"), np.arange(2), IMAGE_SIZE), []
    for number, step in enumerate(steps):
        uniform = CounterRNG(seed, "train", epoch=number).uniform(2, width_of(step))
        before, draft = draft.values, apply_step(step, uniform, draft)
        added = [name for name in draft.values if name not in before]
        drawn.append({re.sub(r"_\d+$", "", name): draft.values[name][1] for name in added})
    return draft, drawn


def assert_links(links, number, canvas, expected, image_size):
    """Assert that links lead an image's points to those expected, in pixels from the center.

    Wherever U is seen, that is; what lies farther off may lie anywhere, but out of sight.
    """
    points = regular_grid(canvas, dtype="float64")
    for transform, theta in links:
        points = transform.apply(theta[number : number + 1], points)
    found, half = points.reshape(-1, 2) * half_sides(image_size), half_sides(image_size)
    near = (np.abs(expected) <= 2 * half).all(axis=-1)
    np.testing.assert_allclose(found[near], expected[near], rtol=0, atol=1e-8)
    assert (np.abs(found[~near]) > 1.5 * half).any(axis=-1).all()


def one_homography(steps):
    """Tell whether there is one at most: what is behind a second one has no place in the first."""
    return [step.step for step in steps].count("corners") <= 1


@given(steps=st.lists(STEPS, max_size=6).filter(one_homography), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=150)
def test_chain_of_equals_one_step_after_another(steps, seed):
    try:
        draft, drawn = drafted(steps, seed)
    except ConfigError:
        reject()  # no place on too small a canvas
    expected = sources(steps, drawn, IMAGE_SIZE)
    assert_links(theta_stages(draft), 1, draft.canvas, expected, IMAGE_SIZE)


@pytest.mark.parametrize("name", FAMILIES)
def test_chain_of_a_set_is_one_transform(name):
    recipe = distortion_spec(SETS[name]())
    images = draw_distortions(recipe, CounterRNG(0, "train"), 5, (28, 28))
    found = [type(link.transform).__name__ for image in images for link in image.links]
    assert found == FAMILIES[name]
    assert all(
        link.theta.shape == (5, link.transform.num_params) and link.theta.dtype == np.float64
        for image in images
        for link in image.links
    )


@pytest.mark.parametrize(
    ("steps", "families"),
    [
        ([], "Affine"),
        ([config.Rotate(), config.Scale(), config.Shear(), config.Shift()], "Affine"),
        ([config.Rotate(), config.Place(), config.Corners()], "Projective"),
        ([config.Rotate(), config.ResizeCanvas(), config.Elastic()], "ThinPlateSpline"),
        ([config.Elastic(), config.ResizeCanvas()], "Affine ThinPlateSpline"),
        ([config.Elastic(), config.ResizeCanvas(size=IMAGE_SIZE)], "ThinPlateSpline"),
        ([config.Corners(std=1.0), config.Rotate()], "Affine Projective"),
        ([config.Corners(std=1.0), config.Corners(std=1.0)], "Projective Projective"),
        ([config.Corners(std=1.0), config.Elastic()], "ThinPlateSpline Projective"),
        ([config.Elastic(), config.Rotate(), config.Elastic()], "ThinPlateSpline ThinPlateSpline"),
    ],
)
def test_chain_of_preset(steps, families):
    """As few as can be; the first is the one that V is asked."""
    links = theta_stages(drafted(steps)[0])
    assert " ".join(type(link.transform).__name__ for link in links) == families


def test_chain_of_identity():
    """No steps: one theta for all, that changes nothing; on a larger canvas, a larger one."""
    draft, _ = drafted([])
    (link,) = theta_stages(draft)
    np.testing.assert_array_equal(link.theta, np.tile([1, 0, 0, 0, 1, 0], (2, 1)))
    (link,) = theta_stages(drafted([config.ResizeCanvas(size=(21, 22))])[0])
    np.testing.assert_allclose(link.theta[0], [21 / 7, 0, 0, 0, 20 / 10, 0], rtol=0, atol=1e-15)


def test_chain_of_keeps_the_horizon():
    """Shifted past its horizon, a homography has no theta: so it stays a link of its own."""
    recipe = DistortionSpec((config.Corners(std=5.0), config.Shift(distance=(14.0, 14.0))))
    (images,) = draw_distortions(recipe, CounterRNG(0, "train"), 2000, (28, 28))
    shift, homography = images.links
    product = homography.transform.matrix(homography.theta) @ shift.transform.matrix(shift.theta)
    behind = np.flatnonzero(product[:, 2, 2] <= 0)
    assert len(behind) > 3
    for number in behind:
        drawn = {name: values[number] for name, values in images.values.items()}
        expected = sources(recipe.steps, [drawn] * 2, (28, 28))
        assert_links(images.links, number, (28, 28), expected, (28, 28))
