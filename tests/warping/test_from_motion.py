import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl import geometry
from stnctl.errors import UsageError
from stnctl.geometry.frames import to_pixel_frame
from stnctl.geometry.transforms import Affine
from stnctl.warping.from_motion import Length, MotionSpec, parse_motion
from stnctl.warping.theta_path import MapSizes

WIDE = MapSizes((40, 90), (40, 90))


def moved(hand, maps, *points):
    """Return where points of the picture, (x, y) in pixels from the center of U, go on V."""
    matrix = Affine().matrix(hand.goal(maps).theta[None])[0]
    sizes = maps.input_size, maps.input_size
    to_source = to_pixel_frame(matrix, *sizes, align_corners=maps.align_corners)
    height, width = maps.input_size
    center = np.array([width - 1, height - 1, 0]) / 2
    homogeneous = np.column_stack([points, np.ones(len(points))]) + center
    return (homogeneous @ np.linalg.inv(to_source).T - center)[:, :2]


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize(
    ("hand", "right", "down"),
    [
        (MotionSpec(), (1, 0), (0, 1)),
        (MotionSpec(rotate=90), (0, -1), (1, 0)),
        (MotionSpec(rotate=-90), (0, 1), (-1, 0)),
        (MotionSpec(scale=(2, 2)), (2, 0), (0, 2)),
        (MotionSpec(scale=(-1, 0.5)), (-1, 0), (0, 0.5)),
        (MotionSpec(shear=(0.5, 0)), (1, 0), (0.5, 1)),
        (MotionSpec(shear=(0, 0.5)), (1, 0.5), (0, 1)),
        (MotionSpec(shift=(Length(0.1), Length(-0.25))), (10, -10), (9, -9)),
        (MotionSpec(shift=(Length(3, True), Length(-2, True))), (4, -2), (3, -1)),
        (MotionSpec(rotate=90, scale=(2, 3)), (0, -2), (3, 0)),
        (MotionSpec(rotate=90, shear=(0.5, 0)), (0, -1), (1, -0.5)),
        (MotionSpec(scale=(1, 2), shear=(0.5, 0)), (1, 0), (1, 2)),
        (MotionSpec(rotate=90, shift=(Length(5, True), Length())), (5, -1), (6, 0)),
    ],
)
def test_goal_preset(hand, right, down, align_corners):
    """Scale, shear, turn counterclockwise as seen, shift: where one pixel right and down go."""
    maps = MapSizes(WIDE.input_size, WIDE.output_size, align_corners)
    np.testing.assert_allclose(moved(hand, maps, (1, 0), (0, 1)), [right, down], atol=1e-9)


def test_goal_preset_quarter_turn_is_exact():
    pixels = np.random.default_rng(0).random((1, 9, 9, 1))
    theta = MotionSpec(rotate=90).goal(MapSizes((9, 9), (9, 9))).theta
    assert theta.tolist() == [0, -1, 0, 1, 0, 0]
    V = geometry.warp(pixels, theta[None])
    np.testing.assert_array_equal(V[0], np.rot90(pixels[0]))


@given(st.floats(-360, 360))
def test_goal_keeps_the_shape_of_wide_images(degrees):
    corner = moved(MotionSpec(rotate=degrees), WIDE, (30, 10))[0]
    assert math.hypot(*corner) == pytest.approx(math.hypot(30, 10))


def test_goal_does_not_depend_on_the_output_size():
    hand = MotionSpec(rotate=20, shift=(Length(3, True), Length(0.1)))
    small = hand.goal(MapSizes(WIDE.input_size, (10, 10))).theta
    np.testing.assert_array_equal(small, hand.goal(WIDE).theta)


@pytest.mark.parametrize(
    "hand",
    [
        MotionSpec(rotate=180),
        MotionSpec(scale=(-1, 3)),
        MotionSpec(shear=(2, 2)),
        MotionSpec(scale=(-1, -1)),
    ],
)
def test_goal_way_preset(hand):
    """It starts at the identity and stays finite, also where a mirror image has no area."""
    goal = hand.goal(WIDE)
    np.testing.assert_array_equal(goal.way(0), Affine().identity())
    np.testing.assert_array_equal(goal.way(1), goal.theta)
    assert all(np.isfinite(goal.way(share)).all() for share in np.linspace(0, 1, 33))


def test_goal_way_turns():
    """Halfway to 90 degrees it has turned by 45, and is as large as ever."""
    half = MotionSpec(rotate=90).goal(WIDE).way(0.5)
    np.testing.assert_allclose(half, MotionSpec(rotate=45).goal(WIDE).theta, atol=1e-12)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_goal_preset_one_pixel(size):
    assert np.isfinite(MotionSpec(rotate=30).goal(MapSizes(size, size)).theta).all()


@pytest.mark.parametrize(
    ("shift", "size", "align_corners", "axes"),
    [
        ((0, 1), (1, 9), True, "y"),
        ((1, 1), (1, 1), True, "xy"),
        ((1, 0), (1, 9), True, ""),
        ((0, 1), (1, 9), False, ""),
    ],
)
def test_notes_tell_where_one_pixel_can_not_move(shift, size, align_corners, axes):
    hand = MotionSpec(shift=tuple(Length(number, True) for number in shift))
    notes = hand.notes(MapSizes(size, size, align_corners))
    assert [note[: len("U has one pixel along x")] for note in notes] == [
        f"U has one pixel along {axis}" for axis in axes
    ]


def test_goal_rejects():
    with pytest.raises(UsageError, match=r"beyond ±1e.30"):
        MotionSpec(scale=(1e-20, 1e20), shift=(Length(1e20, True), Length())).goal(WIDE)


def test_parse_hand_preset():
    assert parse_motion(None, None, None, None) == MotionSpec()
    assert parse_motion(-30, "2 0.5", "0.1 0", "12px -.1") == MotionSpec(
        -30, (2, 0.5), (0.1, 0), (Length(12, True), Length(-0.1))
    )
    assert parse_motion(None, "-2", None, None).scale == (-2, -2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((math.nan, None, None, None), "--rotate: expected numbers within"),
        ((None, "0", None, None), "--scale: expected numbers other than 0"),
        ((None, "1 2 3", None, None), "--scale: expected one number, or two .*, got 3"),
        ((None, "", None, None), "--scale: .* got 0"),
        ((None, "big", None, None), "--scale: expected numbers, got 'big'"),
        ((None, None, "inf 0", None), "--shear: expected numbers within"),
        ((None, "1e-200", None, None), "no area, but for rounding; got a scale of 1e-200 1e-200"),
        ((None, None, "2 0.5", None), "--shear: KX times KY must not be 1, .* got 2 0.5"),
        ((None, None, None, "3p 0"), "--shift: expected TX TY .*, got '3p'"),
        ((None, None, None, "0 nanpx"), "got 'nanpx'"),
        ((None, None, None, "px 0"), "got 'px'"),
        ((None, None, "1", None), "--shear takes two numbers, KX KY, got 1: '1'"),
        ((None, None, None, "12"), "--shift takes two numbers, TX TY, got 1: '12'"),
    ],
)
def test_parse_hand_rejects(arguments, message):
    with pytest.raises(UsageError, match=message):
        parse_motion(*arguments)
