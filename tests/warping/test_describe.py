import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.config.distortion_sets import distortion_name
from stnctl.geometry.frames import from_centers
from stnctl.geometry.transforms import TRANSFORMS, Affine, Flow
from stnctl.warping.describe import describe_effect, describe_motion, format_parts


@pytest.mark.parametrize(
    ("theta", "words"),
    [
        ("1 0 0 0 1 0", "The picture stays as it is."),
        ("0.7 -0.7 0 0.7 0.7 0", "turns 45.0° counterclockwise and grows to 1.01 times its size"),
        ("0.5 0 0 0 0.5 0", "grows to 2.00 times its size"),
        ("2 0 0 0 2 0", "shrinks to 0.50 times its size"),
        ("1 0 5 0 1 0", "moves 5.0 px left"),
        ("1 0 -5 0 1 -2.5", "moves 5.0 px right and 2.5 px down"),
        ("-1 0 0 0 1 0", "The picture is mirrored left to right."),
        ("1 0 0 0 -1 0", "The picture is mirrored top to bottom."),
        ("0 1 0 1 0 0", "is mirrored"),
        ("2 0 0 0 1 0", "is scaled 0.50 times along x, 1.00 times along y"),
        ("1 -0.5 0 0 1 0", "is sheared by 0.50"),
        ("1 1 0 1 1 0", "no inverse"),
        ("0 0 0 0 0 0", "no inverse"),
        ("1e-5 0 0 0 1e-5 0", "grows to 100000.00 times its size"),
        ("1e30 0 0 0 1e30 1e30", "shrinks to 1e-30 times its size"),
        ("500 0 0 0 500 0", "shrinks to 0.002 times its size"),
        ("500 0 0 0 2 0", "is scaled 0.002 times along x, 0.50 times along y"),
    ],
)
def test_say_preset(theta, words):
    assert words in describe_motion(np.array([float(word) for word in theta.split()]))


@given(st.floats(-179, 179).filter(lambda degrees: abs(degrees) > 0.1))
def test_say_turns_against_theta(degrees):
    turn = math.radians(degrees)
    theta = [math.cos(turn), -math.sin(turn), 0, math.sin(turn), math.cos(turn), 0]
    said = re.fullmatch(r"The picture turns (\d+\.\d)° (.*)\.", describe_motion(np.array(theta)))
    assert said[2] == ("counterclockwise" if degrees > 0 else "clockwise")
    assert float(said[1]) == pytest.approx(abs(degrees), rel=0, abs=0.05 + 1e-9)


def test_say_knows_true_turns_on_wide_images():
    height, width = 11, 41
    turn = math.radians(30)
    stretch = (height - 1) / (width - 1)
    theta = np.array(
        [
            math.cos(turn), -math.sin(turn) * stretch, 0,
            math.sin(turn) / stretch, math.cos(turn), 0,
        ]
    )  # fmt: skip
    assert (
        describe_effect(Affine(), theta, (height, width))
        == "The picture turns 30.0° counterclockwise."
    )


@pytest.mark.parametrize(
    ("input_size", "output_size", "words"),
    [
        ((11, 11), (21, 21), "grows to 2.00 times its size"),
        ((11, 11), (11, 21), "is scaled 2.00 times along x, 1.00 times along y"),
        ((28, 1), (28, 1), "stays as it is"),
        ((1, 1), (1, 1), "stays as it is"),
    ],
)
def test_say_knows_the_sizes(input_size, output_size, words):
    assert words in describe_motion(from_centers(np.eye(3), input_size, output_size)[:2].ravel())


@pytest.mark.parametrize(
    ("name", "theta", "words"),
    [
        ("rigid", "0 0.5 0", "The picture moves 2.0 px left."),
        ("projective", "0.5 0 0 0 0.5 0 0 0", "The picture grows to 2.00 times its size."),
        (
            "projective",
            "1 0 0 0 1 0 0.1 0",
            "The picture stays as it is at its center; beyond, it is seen in perspective.",
        ),
        (
            "projective",
            "2 0 0.5 0 1 0 0.8 0",
            "The picture is scaled 0.62 times along x, 1.00 times along y and moves 1.2 px left "
            "at its center; beyond, it is seen in perspective.",
        ),
        ("thin_plate_spline", "0 " * 32, "The picture stays as it is."),
        (
            "thin_plate_spline",
            "0.5 0 " + "0 " * 30,
            "The picture is read 0.1 px aside on average, 2.0 px at most.",
        ),
    ],
)
def test_effect_preset(name, theta, words):
    numbers = np.array([float(word) for word in theta.split()])
    assert describe_effect(TRANSFORMS[name], numbers, (9, 9)) == words


@pytest.mark.parametrize(
    ("size", "align_corners", "words"),
    [
        ((1, 9), True, "moves 4.0 px left."),
        ((9, 1), True, "moves 4.0 px up."),
        ((1, 1), True, "stays as it is."),
        ((1, 9), False, "moves 4.5 px left and 0.5 px up."),
    ],
)
def test_effect_leaves_out_where_one_pixel_can_not_move(size, align_corners, words):
    said = describe_effect(TRANSFORMS["translation"], np.ones(2), size, align_corners=align_corners)
    assert said == f"The picture {words}"


def test_effect_knows_align_corners():
    """A step of the normalized square is half a side, from center to center or edge to edge."""
    flow = np.tile([1.0, 0.0], 6)
    assert "4.0 px at most" in describe_effect(Flow((2, 3)), flow, (9, 9))
    assert "4.5 px at most" in describe_effect(Flow((2, 3)), flow, (9, 9), align_corners=False)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("affine", ["rotation 0.0°", "scale 1 × 1", "shear 0.000", "translation 0.0 px, 0.0 px"]),
        ("projective", ["rotation 0.0°", "tilt 0, 0 per px"]),
        ("thin_plate_spline", ["displacement 0.0 px, at most 0.0 px", "translation 0.0 px"]),
    ],
)
def test_parts_in_words_preset(name, words):
    transform = TRANSFORMS[name]
    told = format_parts(transform.describe(transform.identity(), (9, 9)))
    assert all(word in told for word in words)


@pytest.mark.parametrize("name", sorted(set(TRANSFORMS) - {"flow"}))
def test_parts_in_words_tells_all_parts(name):
    """Every number of `describe` has its place."""
    parts = TRANSFORMS[name].describe(TRANSFORMS[name].identity(), (9, 9))
    numbered = {part: 2.0 + number for number, part in enumerate(parts)}
    told = format_parts(numbered)
    assert all(f"{value:.0f}" in told for value in numbered.values())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"set": "R", "rotation": [0, 1]}, "R"),
        ([{"step": "rotate"}, {"step": "canvas", "size": [9, 9]}], "rotate + canvas"),
        ([], "none"),
    ],
)
def test_distortion_in_words_preset(said, words):
    assert distortion_name(said) == words
