import pytest

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_sets import SETS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import UNDISTORTED, DistortionSpec, distortion_spec
from stnctl.data.distortions.drawing import draw_distortions

RANGES = {"rotation": (-10.0, 20.0), "scale": (0.5, 0.6)}
TURNED_AND_PLACED = (
    config.Rotate(degrees=(-10.0, 20.0)),
    config.Scale(factor=(0.5, 0.6)),
    config.Place(canvas=(50, 51)),
)
RECIPES = {
    config.NoDistortion(): UNDISTORTED,
    config.R(rotation=(-10.0, 20.0)): DistortionSpec((config.Rotate(degrees=(-10.0, 20.0)),)),
    config.RTS(**RANGES, canvas=(50, 51)): DistortionSpec(TURNED_AND_PLACED),
    config.P(scale=(0.5, 0.6), corner_std=2.0): DistortionSpec(
        (config.Scale(factor=(0.5, 0.6)), config.Corners(std=2.0))
    ),
    config.E(scale=(0.5, 0.6), elastic_std=2.0, control_points=(3, 5)): DistortionSpec(
        (config.Scale(factor=(0.5, 0.6)), config.Elastic(std=2.0, control_points=(3, 5)))
    ),
    config.T(canvas=(50, 51)): DistortionSpec((config.Place(canvas=(50, 51)),)),
    config.TC(canvas=(50, 51), clutter=3, clutter_size=4): DistortionSpec(
        (config.Place(canvas=(50, 51)), config.Clutter(count=3, size=4))
    ),
    config.Addition(**RANGES, canvas=(50, 51)): DistortionSpec(TURNED_AND_PLACED, num_images=2),
}


@pytest.mark.parametrize("distortion", RECIPES, ids=lambda distortion: distortion.set)
def test_recipe_of_preset(distortion):
    """Each number of a set comes to its step."""
    assert distortion_spec(distortion) == RECIPES[distortion]


def test_recipe_of_knows_every_set():
    assert [distortion.set for distortion in RECIPES] == list(SETS)


@pytest.mark.parametrize("kind", [config.R, config.P, config.E])
def test_recipe_of_changes_the_canvas_first(kind):
    """So that steps that look at the canvas, such as corners, see the new one."""
    plain, larger = distortion_spec(kind()), distortion_spec(kind(canvas=(50, 51)))
    assert larger.steps == (config.ResizeCanvas(size=(50, 51)), *plain.steps)


def test_recipe_of_a_list_is_the_list():
    steps = (config.Shear(), config.Rotate(), config.Rotate())
    assert distortion_spec(steps) == DistortionSpec(steps)
    assert distortion_spec(()) == UNDISTORTED


def test_is_plain_preset():
    assert UNDISTORTED.is_plain
    assert not DistortionSpec((), num_images=2).is_plain
    assert not DistortionSpec((config.Rotate(),)).is_plain


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), (28, 20)),
        ((config.Rotate(), config.Corners(), config.Clutter()), (28, 20)),
        ((config.Place(canvas=(60, 61)), config.Elastic()), (60, 61)),
        ((config.Place(canvas=(60, 61)), config.ResizeCanvas(size=(7, 9))), (7, 9)),
    ],
)
def test_canvas_preset(steps, expected):
    assert DistortionSpec(steps).canvas((28, 20)) == expected


def test_on_canvas_preset():
    """One more step, unless the canvas is right already."""
    recipe = DistortionSpec((config.Place(canvas=(42, 42)),), num_images=2)
    assert recipe.on_canvas((42, 42), (28, 28)) is recipe
    larger = recipe.on_canvas((60, 60), (28, 28))
    assert larger == DistortionSpec(
        (*recipe.steps, config.ResizeCanvas(size=(60, 60))), num_images=2
    )
    assert UNDISTORTED.on_canvas((28, 28), (28, 28)).is_plain


def test_on_canvas_leaves_clutter_last():
    """So that crops are put all over the new canvas, and none beside it."""
    recipe = DistortionSpec((config.Place(canvas=(60, 60)), config.Clutter(count=9)))
    smaller = recipe.on_canvas((30, 30), (28, 28))
    assert [step.step for step in smaller.steps] == ["place", "canvas", "clutter"]
    (image,) = draw_distortions(smaller, CounterRNG(0, "test"), 50, (28, 28))
    assert image.crops.placed.max() == 30 - 6
