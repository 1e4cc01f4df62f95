from typing import Any

import pytest

from stnctl.config import distortion_sets as config
from stnctl.config import distortion_steps
from stnctl.config.distortion_sets import SETS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions

RANGES = {"rotation": (-10.0, 20.0), "scale": (0.5, 0.6)}
ROTATED_SCALED_PLACED = (
    distortion_steps.Rotate(degrees=(-10.0, 20.0)),
    distortion_steps.Scale(factor=(0.5, 0.6)),
    distortion_steps.Place(canvas=(50, 51)),
)
SPECS: dict[Any, DistortionSpec] = {
    config.NoDistortion(): UNDISTORTED,
    config.R(rotation=(-10.0, 20.0)): DistortionSpec(
        (distortion_steps.Rotate(degrees=(-10.0, 20.0)),)
    ),
    config.RTS(**RANGES, canvas=(50, 51)): DistortionSpec(ROTATED_SCALED_PLACED),
    config.P(scale=(0.5, 0.6), corner_std=2.0): DistortionSpec(
        (distortion_steps.Scale(factor=(0.5, 0.6)), distortion_steps.Corners(std=2.0))
    ),
    config.E(scale=(0.5, 0.6), elastic_std=2.0, control_points=(3, 5)): DistortionSpec(
        (
            distortion_steps.Scale(factor=(0.5, 0.6)),
            distortion_steps.Elastic(std=2.0, control_points=(3, 5)),
        )
    ),
    config.T(canvas=(50, 51)): DistortionSpec((distortion_steps.Place(canvas=(50, 51)),)),
    config.TC(canvas=(50, 51), clutter=3, clutter_size=4): DistortionSpec(
        (distortion_steps.Place(canvas=(50, 51)), distortion_steps.Clutter(count=3, size=4))
    ),
    config.Addition(**RANGES, canvas=(50, 51)): DistortionSpec(ROTATED_SCALED_PLACED, num_images=2),
}


@pytest.mark.parametrize("distortion", SPECS, ids=lambda distortion: distortion.set)
def test_distortion_spec_preset(distortion):
    """Each parameter of a set is passed to its step."""
    assert distortion_spec(distortion) == SPECS[distortion]


def test_distortion_spec_covers_every_set():
    assert [distortion.set for distortion in SPECS] == list(SETS)


@pytest.mark.parametrize("kind", [config.R, config.P, config.E])
def test_distortion_spec_changes_the_canvas_first(kind):
    """So that steps that depend on the canvas, such as corners, get the new one."""
    plain, larger = distortion_spec(kind()), distortion_spec(kind(canvas=(50, 51)))
    assert larger.steps == (distortion_steps.ResizeCanvas(size=(50, 51)), *plain.steps)


def test_distortion_spec_of_a_list_has_its_steps():
    steps = (distortion_steps.Shear(), distortion_steps.Rotate(), distortion_steps.Rotate())
    assert distortion_spec(steps) == DistortionSpec(steps)
    assert distortion_spec(()) == UNDISTORTED


def test_is_plain_preset():
    assert UNDISTORTED.is_plain
    assert not DistortionSpec((), num_images=2).is_plain
    assert not DistortionSpec((distortion_steps.Rotate(),)).is_plain


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), (28, 20)),
        (
            (distortion_steps.Rotate(), distortion_steps.Corners(), distortion_steps.Clutter()),
            (28, 20),
        ),
        ((distortion_steps.Place(canvas=(60, 61)), distortion_steps.Elastic()), (60, 61)),
        (
            (distortion_steps.Place(canvas=(60, 61)), distortion_steps.ResizeCanvas(size=(7, 9))),
            (7, 9),
        ),
    ],
)
def test_canvas_preset(steps, expected):
    assert DistortionSpec(steps).canvas((28, 20)) == expected


def test_on_canvas_preset():
    """One more step, unless the canvas has that size already."""
    spec = DistortionSpec((distortion_steps.Place(canvas=(42, 42)),), num_images=2)
    assert spec.on_canvas((42, 42), (28, 28)) is spec
    larger = spec.on_canvas((60, 60), (28, 28))
    assert larger == DistortionSpec(
        (*spec.steps, distortion_steps.ResizeCanvas(size=(60, 60))), num_images=2
    )
    assert UNDISTORTED.on_canvas((28, 28), (28, 28)).is_plain


def test_on_canvas_leaves_clutter_last():
    """So that crops are all over the new canvas, and none is outside."""
    spec = DistortionSpec(
        (distortion_steps.Place(canvas=(60, 60)), distortion_steps.Clutter(count=9))
    )
    smaller = spec.on_canvas((30, 30), (28, 28))
    assert [step.step for step in smaller.steps] == ["place", "canvas", "clutter"]
    (image,) = draw_distortions(smaller, CounterRNG(0, "test"), 50, (28, 28))
    assert image.crops.canvas_corners.max() == 30 - 6
