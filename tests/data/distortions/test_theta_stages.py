import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from stnctl.config import distortion_steps
from stnctl.config.distortion_sets import SETS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.data.distortions.pipeline_state import PipelineState
from stnctl.data.distortions.render import renderer
from stnctl.data.distortions.step_rules import apply_step, width_of
from stnctl.data.distortions.theta_stages import theta_stages
from stnctl.errors import ConfigError
from stnctl.geometry.grid import half_span, regular_grid
from tests.data.distortions.reference import sources

IMAGE_SIZE = (11, 8)
SIZES = st.tuples(st.integers(4, 14), st.integers(4, 14))
STEPS = st.one_of(
    st.just(distortion_steps.Rotate()),
    st.just(distortion_steps.Scale(factor=(0.5, 2.0))),
    st.just(distortion_steps.Shear()),
    st.just(distortion_steps.Shift(distance=(0.0, 9.0))),
    st.just(distortion_steps.Corners(std=1.0)),
    st.just(distortion_steps.Elastic(std=0.5, control_points=(3, 4))),
    SIZES.map(lambda size: distortion_steps.ResizeCanvas(size=size)),
    SIZES.map(lambda size: distortion_steps.Place(canvas=size)),
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


def applied(steps, seed=0):
    """Return the state of two images, and the drawn values of each step for the second one."""
    state, drawn = PipelineState.begin(CounterRNG(seed, "train"), np.arange(2), IMAGE_SIZE), []
    for number, step in enumerate(steps):
        uniform = CounterRNG(seed, "train", epoch=number).uniform(2, width_of(step))
        before, state = state.values, apply_step(step, uniform, state)
        added = [name for name in state.values if name not in before]
        drawn.append({re.sub(r"_\d+$", "", name): state.values[name][1] for name in added})
    return state, drawn


def assert_sources(stages, number, canvas, expected, image_size):
    """Assert that stages map the points of an image to those expected, in pixels from the center.

    Points on U or near it must agree; the others must only stay outside of U.
    """
    points = regular_grid(canvas, dtype="float64")
    for transform, theta in stages:
        points = transform.apply(theta[number : number + 1], points)
    found, half = points.reshape(-1, 2) * half_span(image_size), half_span(image_size)
    near = (np.abs(expected) <= 2 * half).all(axis=-1)
    np.testing.assert_allclose(found[near], expected[near], rtol=0, atol=1e-8)
    assert (np.abs(found[~near]) > 1.5 * half).any(axis=-1).all()


def one_homography(steps):
    """Return whether there is at most one: points behind a second one are undefined."""
    return [step.step for step in steps].count("corners") <= 1


@given(steps=st.lists(STEPS, max_size=6).filter(one_homography), seed=st.integers(0, 99))
@settings(max_examples=2 * settings().max_examples)
def test_theta_stages_equal_the_reference_step_by_step(steps, seed):
    try:
        state, drawn = applied(steps, seed)
    except ConfigError:
        reject()  # the canvas is too small for the image
    expected = sources(steps, drawn, IMAGE_SIZE)
    assert_sources(theta_stages(state), 1, state.canvas, expected, IMAGE_SIZE)


@pytest.mark.parametrize("name", FAMILIES)
def test_theta_stages_of_a_set_are_one_transform(name):
    spec = distortion_spec(SETS[name]())
    images = draw_distortions(spec, CounterRNG(0, "train"), 5, (28, 28))
    found = [type(stage.transform).__name__ for image in images for stage in image.theta_stages]
    assert found == FAMILIES[name]
    assert all(
        stage.theta.shape == (5, stage.transform.num_params) and stage.theta.dtype == np.float64
        for image in images
        for stage in image.theta_stages
    )


@pytest.mark.parametrize(
    ("steps", "families"),
    [
        ([], "Affine"),
        (
            [
                distortion_steps.Rotate(),
                distortion_steps.Scale(),
                distortion_steps.Shear(),
                distortion_steps.Shift(),
            ],
            "Affine",
        ),
        (
            [distortion_steps.Rotate(), distortion_steps.Place(), distortion_steps.Corners()],
            "Projective",
        ),
        (
            [
                distortion_steps.Rotate(),
                distortion_steps.ResizeCanvas(),
                distortion_steps.Elastic(),
            ],
            "ThinPlateSpline",
        ),
        ([distortion_steps.Elastic(), distortion_steps.ResizeCanvas()], "Affine ThinPlateSpline"),
        (
            [distortion_steps.Elastic(), distortion_steps.ResizeCanvas(size=IMAGE_SIZE)],
            "ThinPlateSpline",
        ),
        ([distortion_steps.Corners(std=1.0), distortion_steps.Rotate()], "Affine Projective"),
        (
            [distortion_steps.Corners(std=1.0), distortion_steps.Corners(std=1.0)],
            "Projective Projective",
        ),
        (
            [distortion_steps.Corners(std=1.0), distortion_steps.Elastic()],
            "ThinPlateSpline Projective",
        ),
        (
            [distortion_steps.Elastic(), distortion_steps.Rotate(), distortion_steps.Elastic()],
            "ThinPlateSpline ThinPlateSpline",
        ),
    ],
)
def test_theta_stages_preset(steps, families):
    """As few as possible; the first one maps points of V."""
    stages = theta_stages(applied(steps)[0])
    assert " ".join(type(stage.transform).__name__ for stage in stages) == families


def test_theta_stages_of_no_steps_are_the_identity():
    """On a larger canvas, the identity of pixels."""
    state, _ = applied([])
    (stage,) = theta_stages(state)
    np.testing.assert_array_equal(stage.theta, np.tile([1, 0, 0, 0, 1, 0], (2, 1)))
    (stage,) = theta_stages(applied([distortion_steps.ResizeCanvas(size=(21, 22))])[0])
    np.testing.assert_allclose(stage.theta[0], [21 / 7, 0, 0, 0, 20 / 10, 0], rtol=0, atol=1e-15)


def test_theta_stages_keep_the_horizon():
    """Shifted past its horizon, a homography has no theta: so it stays a stage of its own."""
    spec = DistortionSpec(
        (distortion_steps.Corners(std=5.0), distortion_steps.Shift(distance=(14.0, 14.0)))
    )
    (images,) = draw_distortions(spec, CounterRNG(0, "train"), 2000, (28, 28))
    shift, homography = images.theta_stages
    matrices: Any = [stage.transform for stage in (homography, shift)]
    product = matrices[0].matrix(homography.theta) @ matrices[1].matrix(shift.theta)
    behind = np.flatnonzero(product[:, 2, 2] <= 0)
    assert len(behind) > 3
    for number in behind:
        drawn = {name: values[number] for name, values in images.values.items()}
        expected = sources(spec.steps, [drawn] * 2, (28, 28))
        assert_sources(images.theta_stages, number, (28, 28), expected, (28, 28))


@pytest.mark.parametrize("image_size", [(1, 9), (9, 1), (1, 1)])
def test_theta_stages_of_one_pixel(image_size):
    """A line of pixels is placed as a line, once."""
    U = np.arange(1, 1 + np.prod(image_size), dtype="float32").reshape(1, *image_size, 1)
    state = PipelineState.begin(CounterRNG(0, "train"), np.arange(1), image_size)
    place = distortion_steps.Place(canvas=(13, 24))
    (stage,) = theta_stages(apply_step(place, np.full((1, 2), 0.5), state))
    V = renderer((stage.transform,), image_size, (13, 24))(U, stage.theta.astype("float32"))
    top, left = (np.subtract((13, 24), image_size) + 1) // 2
    expected = np.pad(
        U[0, ..., 0],
        [(top, 13 - top - image_size[0]), (left, 24 - left - image_size[1])],
    )
    np.testing.assert_array_equal(V.reshape(13, 24), expected)
