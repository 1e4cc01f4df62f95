from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from skimage.transform import ProjectiveTransform

from stnctl.config import distortion_steps
from stnctl.config.distortion_steps import STEPS
from stnctl.data.distortions.counter_rng import CounterRNG, normal_from_uniform
from stnctl.data.distortions.pipeline_state import PipelineState, SplineStage
from stnctl.data.distortions.step_rules import RULES, apply_step, move_corners, width_of
from stnctl.errors import ConfigError
from stnctl.geometry.homography import homographies_to_rectangle
from tests.data.distortions.reference import corners_of
from tests.geometry.test_homography import mapped

ALMOST_1 = np.nextafter(1.0, 0.0)
CORNERS = corners_of((28, 28))
RNG = CounterRNG(0, "train")


def begin(num_images=1, image_size=(28, 28)):
    return PipelineState.begin(CounterRNG(0, "train"), np.arange(num_images), image_size)


def after(step, *uniform, state=None):
    """Return the state of one image after a step with these uniform numbers."""
    return apply_step(step, np.array([uniform], float), state or begin())


def position_after(state, *point):
    """Return the position of a point of U after the stage, in pixels from the center."""
    (stage,) = state.stages
    x, y, w = np.linalg.solve(stage.matrix[0], [*point, 1])
    return x / w, y / w


WIDTHS: dict[Any, int] = {
    distortion_steps.Rotate(): 1,
    distortion_steps.Scale(): 1,
    distortion_steps.Shear(): 1,
    distortion_steps.Shift(): 2,
    distortion_steps.Corners(): 8,
    distortion_steps.Elastic(control_points=(3, 5)): 30,
    distortion_steps.ResizeCanvas(): 0,
    distortion_steps.Place(): 2,
    distortion_steps.Clutter(count=7): 35,
}


def test_rules_cover_exactly_the_steps_of_the_config():
    assert set(RULES) == set(STEPS.values())


def test_width_of_preset():
    """A change here changes every test set that is drawn with such a step."""
    assert {step: width_of(step) for step in WIDTHS} == WIDTHS
    assert [step.step for step in WIDTHS] == list(STEPS)


@pytest.mark.parametrize("step", WIDTHS, ids=lambda step: step.step)
def test_apply_step_keeps_earlier_stages_and_values(step):
    before = apply_step(distortion_steps.Rotate(), np.zeros((3, 1)), begin(num_images=3))
    state = apply_step(step, np.full((3, width_of(step)), 0.3), before)
    assert state.stages[:1] == before.stages
    assert "rotation" in state.values
    assert (state.image_size, state.num_images) == ((28, 28), 3)


@pytest.mark.parametrize(
    ("step", "uniform", "values", "right", "down"),
    [
        (distortion_steps.Rotate(degrees=(-90, 90)), [1.0], {"rotation": 90}, (0, -1), (1, 0)),
        (distortion_steps.Rotate(degrees=(-90, 90)), [0.0], {"rotation": -90}, (0, 1), (-1, 0)),
        (distortion_steps.Scale(factor=(0.5, 2.0)), [1.0], {"scale": 2}, (2, 0), (0, 2)),
        (distortion_steps.Shear(degrees=(0, 45)), [1.0], {"shear": 45}, (1, 0), (-1, 1)),
        (
            distortion_steps.Shift(distance=(2, 4)),
            [0.5, 0],
            {"shift_x": 3, "shift_y": 0},
            (4, 0),
            (3, 1),
        ),
        (
            distortion_steps.Shift(distance=(2, 4)),
            [0, 0.25],
            {"shift_x": 0, "shift_y": 2},
            (1, 2),
            (0, 3),
        ),
    ],
)
def test_apply_step_preset(step, uniform, values, right, down):
    """Positions of a pixel to the right of the center, and of one below it."""
    state = after(step, *uniform)
    found = {name: drawn.item() for name, drawn in state.values.items()}
    assert found == pytest.approx(values, abs=1e-12)
    assert position_after(state, 1, 0) == pytest.approx(right, abs=1e-12)
    assert position_after(state, 0, 1) == pytest.approx(down, abs=1e-12)
    assert state.stages[0].is_affine


def test_apply_step_preset_corners():
    """Each corner of the canvas, clockwise from the top left one, moves by its offset."""
    state = after(distortion_steps.Corners(std=2.0), *np.linspace(0.1, 0.9, 8))
    assert not state.stages[0].is_affine
    corners = np.array([(-13.5, -13.5), (13.5, -13.5), (13.5, 13.5), (-13.5, 13.5)])
    moved = np.stack([state.values["corner_x"][0], state.values["corner_y"][0]], axis=-1)
    assert np.abs(moved).max() > 1
    for corner, offset in zip(corners, moved, strict=True):
        assert position_after(state, *corner) == pytest.approx(tuple(corner + offset), abs=1e-9)


def test_apply_step_preset_elastic():
    """Offsets row by row, x before y, on the canvas after the steps before."""
    step = distortion_steps.Elastic(std=2.0, control_points=(2, 3))
    state = after(
        step, *np.linspace(0, 0.9, 12), state=after(distortion_steps.ResizeCanvas(size=(20, 30)))
    )
    (stage,) = state.stages
    assert isinstance(stage, SplineStage)
    assert (stage.control_points, stage.canvas) == ((2, 3), (20, 30))
    assert stage.offsets.shape == (1, 6, 2)
    np.testing.assert_array_equal(stage.offsets[..., 0], state.values["elastic_x"])
    np.testing.assert_array_equal(stage.offsets[..., 1], state.values["elastic_y"])


def test_apply_step_preset_canvas():
    """The image stays in the center."""
    state = after(distortion_steps.ResizeCanvas(size=(20, 30)))
    assert state.canvas == (20, 30)
    assert not state.stages
    np.testing.assert_array_equal(state.extent, [[28, 28]])


@pytest.mark.parametrize(
    ("uniform", "top_left"),
    [((0, 0), (0, 0)), ((ALMOST_1, ALMOST_1), (32, 22)), ((0, 0.5), (0, 11))],
)
def test_apply_step_preset_place(uniform, top_left):
    """The first number is for the row; the pixels of the image fall on those of the canvas."""
    state = after(distortion_steps.Place(canvas=(60, 50)), *uniform)
    row, column = top_left
    assert position_after(state, -13.5, -13.5) == (column - 24.5, row - 29.5)
    assert state.canvas == (60, 50)
    np.testing.assert_array_equal(state.extent, [[60, 50]])


@pytest.mark.parametrize("factor", [0.7, 0.99, 1.0, 1.2])
def test_apply_step_places_a_scaled_frame_within_the_canvas(factor):
    """The frame is 28 * factor pixels long; its edge is the edge of a pixel at both ends."""
    scaled = after(distortion_steps.Scale(factor=(factor, factor)), 0)
    for uniform in (0, ALMOST_1):
        state = after(distortion_steps.Place(canvas=(42, 42)), uniform, uniform, state=scaled)
        edge = state.values["shift_x"].item() - 14 * factor + 21
        assert edge == pytest.approx(round(edge), abs=1e-12)
        assert round(edge) == (int(42 - 28 * factor + 1e-9) if uniform else 0)


def test_apply_step_centers_a_frame_larger_than_the_canvas():
    """Along that axis only; along the other one there is room for 36 pixels."""
    scaled = apply_step(
        distortion_steps.Scale(factor=(0.5, 1.0)), np.array([[0], [ALMOST_1]]), begin(num_images=2)
    )
    state = apply_step(
        distortion_steps.Place(canvas=(20, 64)), np.array([[0, 0.0], [0, ALMOST_1]]), scaled
    )
    assert state.values["shift_y"].tolist() == pytest.approx([-3, 0], abs=1e-9)
    assert state.values["shift_x"].tolist() == pytest.approx([-25, 18], abs=1e-9)


def test_apply_step_preset_clutter():
    """The first number selects another image; then two corners, y before x."""
    step = distortion_steps.Clutter(count=2, size=6)
    uniform = np.tile([0, 0, ALMOST_1, 0.5, ALMOST_1, ALMOST_1, 0, 0, 0, 0], (3, 1))
    placed = apply_step(
        distortion_steps.Place(canvas=(60, 50)), np.zeros((3, 2)), begin(num_images=3)
    )
    crops = apply_step(step, uniform, placed).crops
    assert crops.image_indices.tolist() == [[1, 2], [2, 0], [0, 1]]
    assert crops.image_corners[0].tolist() == [[0, 22], [0, 0]]
    assert crops.canvas_corners[0].tolist() == [[27, 44], [0, 0]]
    assert crops.size == 6


@pytest.mark.parametrize("num_images", [2, 3, 7])
def test_apply_step_clutters_only_with_other_images(num_images):
    """All other images are used, never the example's own."""
    step = distortion_steps.Clutter(count=100, size=1)
    uniform = CounterRNG(0, "train").uniform(num_images, width_of(step))
    crops = apply_step(step, uniform, begin(num_images)).crops
    for number, sources in enumerate(crops.image_indices):
        assert set(sources) == set(range(num_images)) - {number}


@pytest.mark.parametrize(
    ("step", "state", "message"),
    [
        (
            distortion_steps.Clutter(size=29),
            begin(2),
            r"crops of 29x29 pixels are larger than the images \(28x28\)",
        ),
        (
            distortion_steps.Clutter(size=6),
            after(distortion_steps.ResizeCanvas(size=(5, 40)), state=begin(2)),
            r"crops of 6x6 .* or the canvas \(5x40\)",
        ),
        (distortion_steps.Clutter(), begin(1), "clutter needs at least 2 images"),
        (
            distortion_steps.Place(canvas=(60, 27)),
            begin(2),
            r"canvas of 60x27, .* \(28x28 before\)",
        ),
        (distortion_steps.Corners(), begin(1, (28, 1)), "a side of one pixel has no corners"),
    ],
)
def test_apply_step_rejects(step, state, message):
    uniform = np.zeros((state.num_images, width_of(step)))
    with pytest.raises(ConfigError, match=rf"data\.distortion: .*{message}"):
        apply_step(step, uniform, state)


def moved(size, std=5.0):
    return move_corners(CORNERS, std, RNG.uniform(size, 8), RNG)


def test_move_corners_takes_corners_back():
    """They are in front of the horizon, and so is the center, whose denominator is 1."""
    for offsets, matrix in zip(*moved(500), strict=True):
        found, w = mapped(matrix, CORNERS + offsets)
        np.testing.assert_allclose(found, CORNERS, rtol=0, atol=1e-9)
        assert w.min() > 0
        assert matrix[2, 2] == 1


def test_move_corners_golden():
    """The same matrices as scikit-image estimates from four pairs of points."""
    for offsets, matrix in zip(*moved(100), strict=True):
        expected = ProjectiveTransform.from_estimate(CORNERS + offsets, CORNERS).params
        np.testing.assert_allclose(matrix, expected / expected[2, 2], rtol=1e-7, atol=1e-9)


def test_move_corners_identity():
    offsets, matrix = moved(3, std=0.0)
    np.testing.assert_array_equal(offsets, np.zeros((3, 4, 2)))
    np.testing.assert_allclose(matrix, np.tile(np.eye(3), (3, 1, 1)), rtol=0, atol=1e-15)


def test_move_corners_redraws_few():
    """0.73 % of 100,000; the others keep their first draw."""
    offsets, _ = moved(100_000)
    first = normal_from_uniform(RNG.uniform(100_000, 8), 5.0).reshape(-1, 4, 2)
    redrawn = (offsets != first).any(axis=(1, 2))
    _, is_convex = homographies_to_rectangle(CORNERS, CORNERS + first)
    np.testing.assert_array_equal(redrawn, ~is_convex)
    assert redrawn.mean() == pytest.approx(0.0073, abs=0.0003)


def test_move_corners_redraws_by_index_only():
    """Half of such wide draws are rejected, some many times, without effect on other examples."""
    uniform = RNG.uniform(400, 8)
    offsets, matrices = move_corners(CORNERS, 13.0, uniform, RNG)
    at_rest = np.where(np.arange(400)[:, None] % 3, uniform, 0.0)
    others, other_matrices = move_corners(CORNERS, 13.0, at_rest, RNG)
    same = np.arange(400) % 3 > 0
    np.testing.assert_array_equal(others[same], offsets[same])
    np.testing.assert_allclose(other_matrices[same], matrices[same], rtol=1e-9, atol=1e-12)
    assert not others[~same].any()


def test_move_corners_redraws_from_the_stream():
    """Each step has its own stream; the first draw comes from numbers that all steps share."""
    uniform = RNG.uniform(400, 8)
    one, _ = move_corners(CORNERS, 13.0, uniform, RNG)
    other, _ = move_corners(CORNERS, 13.0, uniform, replace(RNG, stream=3))
    first = normal_from_uniform(uniform, 13.0).reshape(-1, 4, 2)
    kept = (one == first).all(axis=(1, 2))
    assert 100 < kept.sum() < 300
    np.testing.assert_array_equal(one[kept], other[kept])
    assert (one[~kept] != other[~kept]).all()


@pytest.mark.parametrize(("size", "std"), [((28, 28), 13.6), ((60, 11), 5.1)])
def test_move_corners_rejects_more_than_half_a_side(size, std):
    with pytest.raises(ValueError, match="expected at most half of its shorter side"):
        move_corners(corners_of(size), std, RNG.uniform(1, 8), RNG)


def test_move_corners_rejects_a_side_of_one_pixel():
    with pytest.raises(ValueError, match="a side of one pixel has no corners to move"):
        move_corners(corners_of((28, 1)), 0.0, RNG.uniform(1, 8), RNG)


def test_move_corners_accepts_half_a_side():
    offsets, _ = moved(10_000, std=13.5)
    assert np.abs(offsets).max() > 27
