import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl import geometry
from stnctl.config.distortion_steps import Place, Rotate, Scale, Shear, Shift
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.pipeline_state import PipelineState
from stnctl.data.distortions.step_rules import apply_step, width_of
from stnctl.data.distortions.theta_stages import theta_stages
from stnctl.errors import UsageError
from stnctl.geometry.frames import to_pixel_frame
from stnctl.geometry.transforms.affine import Affine
from stnctl.warping.from_motion import Length, MotionSpec, parse_motion
from stnctl.warping.theta_path import MapSizes

WIDE = MapSizes((40, 90), (40, 90))


def moved(motion, maps, *points):
    """Return the places on V of points of U, (x, y) in pixels from the center of U."""
    matrix = Affine().matrix(motion.theta_path(maps).theta[None])[0]
    sizes = maps.input_size, maps.input_size
    to_source = to_pixel_frame(matrix, *sizes, align_corners=maps.align_corners)
    height, width = maps.input_size
    center = np.array([width - 1, height - 1, 0]) / 2
    homogeneous = np.column_stack([points, np.ones(len(points))]) + center
    return (homogeneous @ np.linalg.inv(to_source).T - center)[:, :2]


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize(
    ("motion", "right", "down"),
    [
        (MotionSpec(), (1, 0), (0, 1)),
        (MotionSpec(rotate=90), (0, -1), (1, 0)),
        (MotionSpec(rotate=-90), (0, 1), (-1, 0)),
        (MotionSpec(scale=(2, 2)), (2, 0), (0, 2)),
        (MotionSpec(scale=(-1, 0.5)), (-1, 0), (0, 0.5)),
        (MotionSpec(shear=(0.5, 0)), (1, 0), (-0.5, 1)),
        (MotionSpec(shear=(0, 0.5)), (1, -0.5), (0, 1)),
        (MotionSpec(shift=(Length(0.1), Length(-0.25))), (10, -10), (9, -9)),
        (MotionSpec(shift=(Length(3, True), Length(-2, True))), (4, -2), (3, -1)),
        (MotionSpec(rotate=90, scale=(2, 3)), (0, -2), (3, 0)),
        (MotionSpec(rotate=90, shear=(0.5, 0)), (0, -1), (1, 0.5)),
        (MotionSpec(scale=(1, 2), shear=(0.5, 0)), (1, 0), (-1, 2)),
        (MotionSpec(rotate=90, shift=(Length(5, True), Length())), (5, -1), (6, 0)),
    ],
)
def test_theta_path_preset(motion, right, down, align_corners):
    """Scale, shear, rotation counterclockwise as seen, shift: of one pixel right, and down."""
    maps = MapSizes(WIDE.input_size, WIDE.output_size, align_corners)
    np.testing.assert_allclose(moved(motion, maps, (1, 0), (0, 1)), [right, down], atol=1e-9)


def shifted(state):
    x, y = (float(state.values[name][0]) for name in ("shift_x", "shift_y"))
    return MotionSpec(shift=(Length(x, True), Length(y, True)))


@pytest.mark.parametrize(
    ("step", "part", "motion"),
    [
        (Rotate(degrees=(30, 30)), "rotation_degrees", lambda _: MotionSpec(rotate=30)),
        (Scale(factor=(1.5, 1.5)), "scale_x", lambda _: MotionSpec(scale=(1.5, 1.5))),
        (Shear(degrees=(20, 20)), "shear", lambda _: MotionSpec(shear=(math.tan(math.pi / 9), 0))),
        (Shift(distance=(3, 3)), "translation_x", shifted),
        (Place(canvas=(28, 28)), "translation_y", shifted),
    ],
    ids=lambda step: getattr(step, "step", ""),
)
def test_theta_path_has_the_signs_of_distortion_steps(step, part, motion):
    """The motions and the steps move an image in the same direction, and so does theta."""
    state = PipelineState.begin(CounterRNG(0, "train"), np.arange(1), (28, 28))
    after = apply_step(step, np.full((1, width_of(step)), 0.3), state)
    ((_, theta),) = theta_stages(after)
    path = motion(after).theta_path(MapSizes((28, 28), (28, 28)))
    np.testing.assert_allclose(path.theta, theta[0], rtol=0, atol=1e-12)
    value = path.transform.describe(path.theta, (28, 28))[part]
    drawn = {"rotation_degrees": 30, "scale_x": 1 / 1.5, "shear": math.tan(math.pi / 9)}
    shift = {f"translation_{axis}": after.values.get(f"shift_{axis}") for axis in "xy"}
    assert value == pytest.approx(drawn[part] if part in drawn else -float(shift[part][0]))


def test_theta_path_of_a_quarter_rotation_is_exact():
    pixels = np.random.default_rng(0).random((1, 9, 9, 1))
    theta = MotionSpec(rotate=90).theta_path(MapSizes((9, 9), (9, 9))).theta
    assert theta.tolist() == [0, -1, 0, 1, 0, 0]
    V = geometry.warp(pixels, theta[None])
    np.testing.assert_array_equal(V[0], np.rot90(pixels[0]))


@given(st.floats(-360, 360))
def test_theta_path_keeps_shapes_on_a_wide_image(degrees):
    corner = moved(MotionSpec(rotate=degrees), WIDE, (30, 10))[0]
    assert math.hypot(*corner) == pytest.approx(math.hypot(30, 10))


def test_theta_path_does_not_depend_on_the_output_size():
    motion = MotionSpec(rotate=20, shift=(Length(3, True), Length(0.1)))
    small = motion.theta_path(MapSizes(WIDE.input_size, (10, 10))).theta
    np.testing.assert_array_equal(small, motion.theta_path(WIDE).theta)


@pytest.mark.parametrize(
    "motion",
    [
        MotionSpec(rotate=180),
        MotionSpec(scale=(-1, 3)),
        MotionSpec(shear=(2, 2)),
        MotionSpec(scale=(-1, -1)),
    ],
)
def test_theta_path_at_preset(motion):
    """It starts at the identity and stays finite, also past a singular matrix."""
    path = motion.theta_path(WIDE)
    np.testing.assert_array_equal(path.at(0), Affine().identity())
    np.testing.assert_array_equal(path.at(1), path.theta)
    assert all(np.isfinite(path.at(share)).all() for share in np.linspace(0, 1, 33))


def test_theta_path_at_half_of_a_rotation():
    """Halfway to 90 degrees, the rotation is 45 degrees, without a change of size."""
    half = MotionSpec(rotate=90).theta_path(WIDE).at(0.5)
    np.testing.assert_allclose(half, MotionSpec(rotate=45).theta_path(WIDE).theta, atol=1e-12)


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_theta_path_of_one_pixel(size, align_corners):
    """A line of pixels rotates and moves as it does in the middle of a larger image."""
    image = np.arange(2.0, 2 + np.prod(size)).reshape(1, *size, 1)
    before, after = np.subtract(11, size) // 2, np.subtract(12, size) // 2
    around = [(0, 0), *zip(before, after, strict=True), (0, 0)]
    inside = tuple(slice(start, start + side) for start, side in zip(before, size, strict=True))
    lengths = (Length(0, True), Length(1, True))
    for motion in [MotionSpec(rotate=90), MotionSpec(rotate=30), MotionSpec(shift=lengths)]:
        found, expected = (
            geometry.warp(
                U,
                motion.theta_path(MapSizes(U.shape[1:3], U.shape[1:3], align_corners)).theta[None],
                align_corners=align_corners,
            )[0, ..., 0]
            for U in (image, np.pad(image, around))
        )
        np.testing.assert_allclose(found, expected[inside], rtol=0, atol=1e-12)


def test_theta_path_rejects():
    with pytest.raises(UsageError, match=r"expected a theta within ±1e.30"):
        MotionSpec(scale=(1e-20, 1e20), shift=(Length(1e20, True), Length())).theta_path(WIDE)


def test_parse_motion_preset():
    assert parse_motion() == MotionSpec()
    motion = parse_motion(rotate=-30, scale="2 0.5", shear="0.1 0", shift="12px -.1")
    assert motion == MotionSpec(-30, (2, 0.5), (0.1, 0), (Length(12, True), Length(-0.1)))
    assert parse_motion(scale="-2").scale == (-2, -2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rotate": math.nan}, "--rotate: expected numbers within"),
        ({"scale": "0"}, "--scale: expected numbers other than 0"),
        ({"scale": "1 2 3"}, "--scale: expected one number, or two .*, got 3"),
        ({"scale": ""}, "--scale: .* got 0"),
        ({"scale": "big"}, "--scale: expected numbers, got 'big'"),
        ({"shear": "inf 0"}, "--shear: expected numbers within"),
        ({"scale": "1e-200"}, "rounds to 0 with a scale of 1e-200 1e-200"),
        ({"shear": "2 0.5"}, "--shear: expected KX times KY other than 1, .* got 2 0.5"),
        ({"shift": "3p 0"}, "--shift: expected TX TY .*, got '3p'"),
        ({"shift": "0 nanpx"}, "got 'nanpx'"),
        ({"shift": "px 0"}, "got 'px'"),
        ({"shear": "1"}, "--shear: expected two numbers, KX KY, got 1: '1'"),
        ({"shift": "12"}, "--shift: expected two numbers, TX TY, got 1: '12'"),
    ],
)
def test_parse_motion_rejects(options, message):
    with pytest.raises(UsageError, match=message):
        parse_motion(**options)
