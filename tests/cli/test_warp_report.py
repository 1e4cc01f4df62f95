import json
from pathlib import Path

import numpy as np
import pytest

from stnctl.cli.warp_report import document, figure_words, lines
from stnctl.geometry import TRANSFORMS
from stnctl.warping.describe import DIRECTION
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.from_parameters import ParameterSpec
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.theta_options import ThetaOptions, parse_theta
from stnctl.warping.theta_path import MapSizes

SQUARE = MapSizes((9, 9), (9, 9))


def report(motion, maps=SQUARE, sampling=None):
    options = (sampling or SamplingOptions(align_corners=maps.align_corners)).words("L")
    return document(Path("u.png"), motion.goal(maps), maps, options)


def numbers(name, *values):
    option = "--points" if name == "thin_plate_spline" else "--theta"
    return ParameterSpec(option, name, values)


def test_document_preset():
    found = report(numbers("affine", 0.5, 0, 0.25, 0, 0.5, 0))
    assert found["matrix"] == [[0.5, 0, 0.25], [0, 0.5, 0]]
    assert found["parameters"] == {"a": 0.5, "b": 0, "tx": 0.25, "c": 0, "d": 0.5, "ty": 0}
    assert found["parts"]["scale_x"] == 0.5
    assert found["effect"] == "The picture grows to 2.00 times its size and moves 2.0 px left."
    assert found["direction"] == "output to input"
    assert "centers of the corner pixels" in found["frame"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_document_tells_the_frame():
    assert "outer edges" in report(MotionSpec(rotate=3), MapSizes((9, 9), (9, 9), False))["frame"]


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("name", sorted(set(TRANSFORMS) - {"flow"}))
def test_again_roundtrip(name, align_corners):
    """What is printed leads to the same theta, to the last bit."""
    transform = TRANSFORMS[name]
    theta = transform.identity() + np.random.default_rng(0).normal(0, 0.1, transform.num_params)
    maps = MapSizes((9, 9), (9, 9), align_corners)
    *words, values = report(numbers(name, *theta), maps)["again"].split(" --", 2)
    typed = [part.split(maxsplit=1) for part in [*words, values]]
    said = {part[0].strip("-"): part[1] for part in typed if "corners" not in part[0]}
    again = parse_theta(ThetaOptions(**said)).goal(maps)
    assert again.name == name
    np.testing.assert_array_equal(again.theta, theta)
    assert (typed[-1] == ["no-align-corners"]) is not align_corners


def test_again_says_what_was_done_by_hand():
    found = report(MotionSpec(rotate=33, scale=(0.7, 0.8)))
    assert found["again"].startswith("--theta ")
    again = parse_theta(ThetaOptions(theta=found["again"].removeprefix("--theta "))).goal(SQUARE)
    assert again.theta.tolist() == found["theta"]


@pytest.mark.parametrize(
    "motion",
    [
        numbers("flow", *range(12)),
        ParameterSpec("--theta", "affine", (1, 0, 3, 0, 1, 2), in_pixels=True),
    ],
)
def test_again_says_the_output_size(motion):
    maps = MapSizes((9, 9), (2, 3), False)
    again = report(motion, maps)["again"]
    theta, rest = again.split("--theta ")[1].split(" --", 1)
    assert rest == "output-size 2 3 --no-align-corners"
    family = "flow" if motion.name == "flow" else None
    found = parse_theta(ThetaOptions(theta=theta, transform=family)).goal(maps)
    np.testing.assert_array_equal(found.theta, motion.goal(maps).theta)


def test_lines_preset():
    assert lines(report(MotionSpec(rotate=90), MapSizes((9, 9), (4, 5)))) == [
        "  [       0       -1        0 ]",
        "  [       1        0        0 ]",
        "theta: rotation 90.0° (x towards y), scale 1 × 1, shear 0.000, translation 0.0 px, 0.0 px",
        f"The picture turns 90.0° counterclockwise. {DIRECTION}",
        "U has 9 × 9 pixels, and V, on which it is resized, 4 × 5.",
        "again  --theta 0 -1 0 1 0 0 --output-size 4 5",
    ]


@pytest.mark.parametrize(
    ("motion", "words"),
    [
        (numbers("rigid", 0.1, 0.2, 0), "  angle 0.1, tx 0.2, ty 0"),
        (numbers("projective", 1, 0, 0, 0, 1, 0, 0.4, 0), "  [     0.4        0        1 ]"),
        (numbers("thin_plate_spline", *(0.25, 0) * 4), "  dx0 0.25, dy0 0, dx1 0.25"),
    ],
)
def test_lines_preset_of_families(motion, words):
    assert any(line.startswith(words) for line in lines(report(motion)))


def test_lines_leave_out_long_flows():
    found = report(numbers("flow", *(0.25, 0) * 81))
    assert (found["matrix"], found["parameters"], found["again"]) == (None, None, None)
    assert len(found["theta"]) == 162
    assert [line.split()[0] for line in lines(found)] == ["theta:", "The"]


def test_figure_words_preset():
    words = figure_words(
        report(MotionSpec(rotate=90), sampling=SamplingOptions("area", "value", (0.5,)))
    )
    assert words[0] == "[       0       -1        0 ]"
    assert words[-1] == "area, padding value 0.5, align_corners on"
    assert len(words) == 4
