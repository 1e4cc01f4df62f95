import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.geometry.frames import from_centers
from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.transforms.flow import Flow
from stnctl.warping.describe import describe_effect, describe_motion, format_parts
from stnctl.warping.theta_path import MapSizes, ThetaPath


def effect(name, theta, size, *, align_corners=True, transform=None):
    path = ThetaPath(name, transform or TRANSFORMS[name], np.array(theta, "float64"))
    return describe_effect(path, MapSizes(size, size, align_corners))


@pytest.mark.parametrize(
    ("theta", "words"),
    [
        ("1 0 0 0 1 0", "The image stays as it is."),
        ("0.7 -0.7 0 0.7 0.7 0", "rotates 45.0° counterclockwise and grows to 1.01 times its size"),
        ("0.5 0 0 0 0.5 0", "grows to 2.00 times its size"),
        ("2 0 0 0 2 0", "shrinks to 0.50 times its size"),
        ("1 0 5 0 1 0", "moves 5.0 px left"),
        ("1 0 -5 0 1 -2.5", "moves 5.0 px right and 2.5 px down"),
        ("-1 0 0 0 1 0", "The image is mirrored left to right."),
        ("1 0 0 0 -1 0", "The image is mirrored top to bottom."),
        ("0 1 0 1 0 0", "is mirrored"),
        ("2 0 0 0 1 0", "is scaled 0.50 times along x, 1.00 times along y"),
        ("1 -0.5 0 0 1 0", "is sheared by -0.50 along x"),
        ("1 1 0 1 1 0", "no inverse"),
        ("0 0 0 0 0 0", "no inverse"),
        ("1e-5 0 0 0 1e-5 0", "grows to 100000.00 times its size"),
        ("1e30 0 0 0 1e30 1e30", "shrinks to 1e-30 times its size"),
        ("500 0 0 0 500 0", "shrinks to 0.002 times its size"),
        ("500 0 0 0 2 0", "is scaled 0.002 times along x, 0.50 times along y"),
    ],
)
def test_describe_motion_preset(theta, words):
    assert words in describe_motion(np.array([float(word) for word in theta.split()]))


@given(st.floats(-179, 179).filter(lambda degrees: abs(degrees) > 0.1))
def test_describe_motion_rotates_against_theta(degrees):
    angle = math.radians(degrees)
    theta = [math.cos(angle), -math.sin(angle), 0, math.sin(angle), math.cos(angle), 0]
    found = re.fullmatch(r"The image rotates (\d+\.\d)° (.*)\.", describe_motion(np.array(theta)))
    assert found[2] == ("counterclockwise" if degrees > 0 else "clockwise")
    assert float(found[1]) == pytest.approx(abs(degrees), rel=0, abs=0.05 + 1e-9)


def test_describe_effect_of_a_rotation_on_a_wide_image():
    height, width = 11, 41
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    stretch = (height - 1) / (width - 1)
    theta = [cos, -sin * stretch, 0, sin / stretch, cos, 0]
    assert effect("affine", theta, (height, width)) == "The image rotates 30.0° counterclockwise."


@pytest.mark.parametrize(
    ("input_size", "output_size", "words"),
    [
        ((11, 11), (21, 21), "grows to 2.00 times its size"),
        ((11, 11), (11, 21), "is scaled 2.00 times along x, 1.00 times along y"),
        ((28, 1), (28, 1), "stays as it is"),
        ((1, 1), (1, 1), "stays as it is"),
    ],
)
def test_describe_motion_between_sizes(input_size, output_size, words):
    assert words in describe_motion(from_centers(np.eye(3), input_size, output_size)[:2].ravel())


@pytest.mark.parametrize(
    ("name", "theta", "words"),
    [
        ("rigid", "0 0.5 0", "The image moves 2.0 px left."),
        ("projective", "0.5 0 0 0 0.5 0 0 0", "The image grows to 2.00 times its size."),
        (
            "projective",
            "1 0 0 0 1 0 0.1 0",
            "The image stays as it is at its center; elsewhere it is seen in perspective.",
        ),
        (
            "projective",
            "2 0 0.5 0 1 0 0.8 0",
            "The image is scaled 0.62 times along x, 1.00 times along y and moves 1.2 px left "
            "at its center; elsewhere it is seen in perspective.",
        ),
        ("thin_plate_spline", "0 " * 32, "The image stays as it is."),
        (
            "thin_plate_spline",
            "0.5 0 " + "0 " * 30,
            "The image is displaced by 0.1 px on average, 2.0 px at most.",
        ),
    ],
)
def test_describe_effect_preset(name, theta, words):
    assert effect(name, [float(word) for word in theta.split()], (9, 9)) == words


@pytest.mark.parametrize(
    ("size", "align_corners", "words"),
    [
        ((1, 9), True, "moves 4.0 px left and 0.5 px up."),
        ((9, 1), True, "moves 0.5 px left and 4.0 px up."),
        ((1, 1), True, "moves 0.5 px left and 0.5 px up."),
        ((1, 9), False, "moves 4.5 px left and 0.5 px up."),
    ],
)
def test_describe_effect_of_one_pixel(size, align_corners, words):
    found = effect("translation", [1, 1], size, align_corners=align_corners)
    assert found == f"The image {words}"


def test_describe_effect_depends_on_align_corners():
    """A normalized length of 1 is half a side, from center to center or from edge to edge."""
    flow = np.tile([1.0, 0.0], 6)
    transform = Flow((2, 3))
    assert "4.0 px at most" in effect("flow", flow, (9, 9), transform=transform)
    outer = effect("flow", flow, (9, 9), transform=transform, align_corners=False)
    assert "4.5 px at most" in outer


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("affine", ["rotation 0.0°", "scale 1 × 1", "shear 0.000", "translation 0.0 px, 0.0 px"]),
        ("projective", ["rotation 0.0°", "tilt 0, 0 per px"]),
        ("thin_plate_spline", ["displacement 0.0 px, at most 0.0 px", "translation 0.0 px"]),
    ],
)
def test_format_parts_preset(name, words):
    transform = TRANSFORMS[name]
    text = format_parts(transform.describe(transform.identity(), (9, 9)))
    assert all(word in text for word in words)


@pytest.mark.parametrize("name", sorted(set(TRANSFORMS) - {"flow"}))
def test_format_parts_names_all_parts(name):
    parts = TRANSFORMS[name].describe(TRANSFORMS[name].identity(), (9, 9))
    numbered = {part: 2.0 + number for number, part in enumerate(parts)}
    text = format_parts(numbered)
    assert all(f"{value:.0f}" in text for value in numbered.values())
