import numpy as np
import pytest

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_steps import STEPS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.pipeline_state import PipelineState, SplineStage
from stnctl.data.distortions.step_rules import apply_step, width_of
from stnctl.errors import ConfigError

ALMOST_1 = np.nextafter(1.0, 0.0)


def begin(num_images=1, image_size=(28, 28)):
    return PipelineState.begin(CounterRNG(0, "train"), np.arange(num_images), image_size)


def after(step, *uniform, draft=None):
    """Return the draft of one image after a step, given its numbers."""
    return apply_step(step, np.array([uniform], float), draft or begin())


def shown_at(draft, *point):
    """Return the point of V, in pixels from the center, that shows a point of U."""
    (stage,) = draft.stages
    x, y, w = np.linalg.solve(stage.matrix[0], [*point, 1])
    return x / w, y / w


WIDTHS = {
    config.Rotate(): 1,
    config.Scale(): 1,
    config.Shear(): 1,
    config.Shift(): 2,
    config.Corners(): 8,
    config.Elastic(control_points=(3, 5)): 30,
    config.ResizeCanvas(): 0,
    config.Place(): 2,
    config.Clutter(count=7): 35,
}


def test_width_of_preset():
    """A change here changes every test set that was ever drawn with such a step."""
    assert {step: width_of(step) for step in WIDTHS} == WIDTHS
    assert [step.step for step in WIDTHS] == list(STEPS)


@pytest.mark.parametrize("step", WIDTHS, ids=lambda step: step.step)
def test_apply_step_keeps_what_was_done_before(step):
    before = apply_step(config.Rotate(), np.zeros((3, 1)), begin(num_images=3))
    draft = apply_step(step, np.full((3, width_of(step)), 0.3), before)
    assert draft.stages[:1] == before.stages
    assert "rotation" in draft.values
    assert (draft.image_size, draft.num_images) == ((28, 28), 3)


@pytest.mark.parametrize(
    ("step", "uniform", "values", "right", "down"),
    [
        (config.Rotate(degrees=(-90, 90)), [1.0], {"rotation": 90}, (0, -1), (1, 0)),
        (config.Rotate(degrees=(-90, 90)), [0.0], {"rotation": -90}, (0, 1), (-1, 0)),
        (config.Scale(factor=(0.5, 2.0)), [1.0], {"scale": 2}, (2, 0), (0, 2)),
        (config.Shear(degrees=(0, 45)), [1.0], {"shear": 45}, (1, 0), (-1, 1)),
        (config.Shift(distance=(2, 4)), [0.5, 0], {"shift_x": 3, "shift_y": 0}, (4, 0), (3, 1)),
        (config.Shift(distance=(2, 4)), [0, 0.25], {"shift_x": 0, "shift_y": 2}, (1, 2), (0, 3)),
    ],
)
def test_apply_step_preset(step, uniform, values, right, down):
    """Where a pixel to the right of the center goes, and one below it."""
    draft = after(step, *uniform)
    found = {name: drawn.item() for name, drawn in draft.values.items()}
    assert found == pytest.approx(values, abs=1e-12)
    assert shown_at(draft, 1, 0) == pytest.approx(right, abs=1e-12)
    assert shown_at(draft, 0, 1) == pytest.approx(down, abs=1e-12)
    assert draft.stages[0].is_affine


def test_apply_step_preset_corners():
    """Each corner of the canvas, from the top left one clockwise, goes where it was moved."""
    draft = after(config.Corners(std=2.0), *np.linspace(0.1, 0.9, 8))
    assert not draft.stages[0].is_affine
    corners = np.array([(-13.5, -13.5), (13.5, -13.5), (13.5, 13.5), (-13.5, 13.5)])
    moved = np.stack([draft.values["corner_x"][0], draft.values["corner_y"][0]], axis=-1)
    assert np.abs(moved).max() > 1
    for corner, offset in zip(corners, moved, strict=True):
        assert shown_at(draft, *corner) == pytest.approx(tuple(corner + offset), abs=1e-9)


def test_apply_step_preset_elastic():
    """Row by row, x before y, on the canvas of the time."""
    step = config.Elastic(std=2.0, control_points=(2, 3))
    draft = after(step, *np.linspace(0, 0.9, 12), draft=after(config.ResizeCanvas(size=(20, 30))))
    (stage,) = draft.stages
    assert isinstance(stage, SplineStage)
    assert (stage.control_points, stage.canvas) == ((2, 3), (20, 30))
    assert stage.offsets.shape == (1, 6, 2)
    np.testing.assert_array_equal(stage.offsets[..., 0], draft.values["elastic_x"])
    np.testing.assert_array_equal(stage.offsets[..., 1], draft.values["elastic_y"])


def test_apply_step_preset_canvas():
    """The image is where it was, in the center."""
    draft = after(config.ResizeCanvas(size=(20, 30)))
    assert draft.canvas == (20, 30)
    assert not draft.stages
    np.testing.assert_array_equal(draft.extent, [[28, 28]])


@pytest.mark.parametrize(
    ("uniform", "top_left"),
    [((0, 0), (0, 0)), ((ALMOST_1, ALMOST_1), (32, 22)), ((0, 0.5), (0, 11))],
)
def test_apply_step_preset_place(uniform, top_left):
    """The first number is of the row; the image's pixels lie on those of the canvas."""
    draft = after(config.Place(canvas=(60, 50)), *uniform)
    row, column = top_left
    assert shown_at(draft, -13.5, -13.5) == (column - 24.5, row - 29.5)
    assert draft.canvas == (60, 50)
    np.testing.assert_array_equal(draft.extent, [[60, 50]])


@pytest.mark.parametrize("factor", [0.7, 0.99, 1.0, 1.2])
def test_apply_step_places_a_scaled_frame_within_the_canvas(factor):
    """The frame is 28 * factor pixels long; its edge is that of a pixel, at either end."""
    scaled = after(config.Scale(factor=(factor, factor)), 0)
    for uniform in (0, ALMOST_1):
        draft = after(config.Place(canvas=(42, 42)), uniform, uniform, draft=scaled)
        edge = draft.values["shift_x"].item() - 14 * factor + 21
        assert edge == pytest.approx(round(edge), abs=1e-12)
        assert round(edge) == (int(42 - 28 * factor + 1e-9) if uniform else 0)


def test_apply_step_centers_a_frame_larger_than_the_canvas():
    """Along the axis where it is; along the other one there is room for 36 pixels."""
    scaled = apply_step(
        config.Scale(factor=(0.5, 1.0)), np.array([[0], [ALMOST_1]]), begin(num_images=2)
    )
    draft = apply_step(config.Place(canvas=(20, 64)), np.array([[0, 0.0], [0, ALMOST_1]]), scaled)
    assert draft.values["shift_y"].tolist() == pytest.approx([-3, 0], abs=1e-9)
    assert draft.values["shift_x"].tolist() == pytest.approx([-25, 18], abs=1e-9)


def test_apply_step_preset_clutter():
    """Others than the own one, as the first number tells; then cut and put, y before x."""
    step = config.Clutter(count=2, size=6)
    uniform = np.tile([0, 0, ALMOST_1, 0.5, ALMOST_1, ALMOST_1, 0, 0, 0, 0], (3, 1))
    placed = apply_step(config.Place(canvas=(60, 50)), np.zeros((3, 2)), begin(num_images=3))
    crops = apply_step(step, uniform, placed).crops
    assert crops.source.tolist() == [[1, 2], [2, 0], [0, 1]]
    assert crops.taken[0].tolist() == [[0, 22], [0, 0]]
    assert crops.placed[0].tolist() == [[27, 44], [0, 0]]
    assert crops.size == 6


@pytest.mark.parametrize("num_images", [2, 3, 7])
def test_apply_step_clutters_with_other_images_alone(num_images):
    """Each of the others comes, and never the own one."""
    step = config.Clutter(count=100, size=1)
    uniform = CounterRNG(0, "train").uniform(num_images, width_of(step))
    crops = apply_step(step, uniform, begin(num_images)).crops
    for number, sources in enumerate(crops.source):
        assert set(sources) == set(range(num_images)) - {number}


@pytest.mark.parametrize(
    ("step", "draft", "message"),
    [
        (
            config.Clutter(size=29),
            begin(2),
            r"crops of 29x29 pixels are larger than the images \(28x28\)",
        ),
        (
            config.Clutter(size=6),
            after(config.ResizeCanvas(size=(5, 40)), draft=begin(2)),
            r"crops of 6x6 .* or the canvas \(5x40\)",
        ),
        (config.Clutter(), begin(1), "clutter needs at least 2 images"),
        (config.Place(canvas=(60, 27)), begin(2), r"canvas of 60x27, .* \(28x28 before\)"),
        (config.Corners(), begin(1, (28, 1)), "a side of one pixel has no corners"),
    ],
)
def test_apply_step_rejects(step, draft, message):
    uniform = np.zeros((draft.num_images, width_of(step)))
    with pytest.raises(ConfigError, match=rf"data\.distortion: .*{message}"):
        apply_step(step, uniform, draft)
