import json

import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS
from stnctl.warping.describe import DIRECTION
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.from_parameters import ParameterSpec
from stnctl.warping.sampling_options import SamplingOptions, parse_sampling
from stnctl.warping.theta_options import ThetaOptions, parse_theta
from stnctl.warping.theta_path import MapSizes
from stnctl.warping.warp_document import caption_lines, document_lines, warp_document

SQUARE = MapSizes((9, 9), (9, 9))


def document(spec, maps=SQUARE, sampling=None):
    options = (sampling or SamplingOptions(align_corners=maps.align_corners)).facts("L")
    return warp_document("u.png", spec.theta_path(maps), maps, options)


def parameters(name, *values):
    option = "--points" if name == "thin_plate_spline" else "--theta"
    return ParameterSpec(option, name, values)


def test_warp_document_preset():
    found = document(parameters("affine", 0.5, 0, 0.25, 0, 0.5, 0))
    assert found["matrix"] == [[0.5, 0, 0.25], [0, 0.5, 0]]
    assert found["parameters"] == {"a": 0.5, "b": 0, "tx": 0.25, "c": 0, "d": 0.5, "ty": 0}
    assert found["parts"]["scale_x"] == 0.5
    assert found["effect"] == "The image grows to 2.00 times its size and moves 2.0 px left."
    assert found["direction"] == "output to input"
    assert "centers of the corner pixels" in found["frame"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_warp_document_names_the_frame():
    assert "outer edges" in document(MotionSpec(rotate=3), MapSizes((9, 9), (9, 9), False))["frame"]


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("name", sorted(set(TRANSFORMS) - {"flow"}))
def test_again_roundtrip(name, align_corners):
    """The printed options lead to the same theta, to the last bit."""
    transform = TRANSFORMS[name]
    theta = transform.identity() + np.random.default_rng(0).normal(0, 0.1, transform.num_params)
    maps = MapSizes((9, 9), (9, 9), align_corners)
    *words, values = document(parameters(name, *theta), maps)["again"].split(" --", 2)
    typed = [part.split(maxsplit=1) for part in [*words, values]]
    options = {part[0].strip("-"): part[1] for part in typed if "corners" not in part[0]}
    again = parse_theta(ThetaOptions(**options)).theta_path(maps)
    assert again.name == name
    np.testing.assert_array_equal(again.theta, theta)
    assert (typed[-1] == ["no-align-corners"]) is not align_corners


def test_again_of_a_motion():
    found = document(MotionSpec(rotate=33, scale=(0.7, 0.8)))
    assert found["again"].startswith("--theta ")
    again = parse_theta(ThetaOptions(theta=found["again"].removeprefix("--theta "))).theta_path(
        SQUARE
    )
    assert again.theta.tolist() == found["theta"]


@pytest.mark.parametrize(
    "sampling",
    [
        SamplingOptions("area", "reflection"),
        SamplingOptions("cubic", "value", (1 / 3,)),
        SamplingOptions(),
    ],
)
def test_again_names_the_sampling(sampling):
    found = document(MotionSpec(rotate=90), sampling=sampling)["again"]
    theta, *typed = found.split(" --")
    assert theta == "--theta 0 -1 0 1 0 0"
    assert parse_sampling(**dict(option.split(" ") for option in typed)) == sampling


@pytest.mark.parametrize(
    "spec",
    [
        parameters("flow", *range(12)),
        ParameterSpec("--theta", "affine", (1, 0, 3, 0, 1, 2), in_pixels=True),
    ],
)
def test_again_names_the_output_size(spec):
    maps = MapSizes((9, 9), (2, 3), False)
    again = document(spec, maps)["again"]
    theta, rest = again.split("--theta ")[1].split(" --", 1)
    assert rest == "output-size 2 3 --no-align-corners"
    family = "flow" if spec.name == "flow" else None
    found = parse_theta(ThetaOptions(theta=theta, transform=family)).theta_path(maps)
    np.testing.assert_array_equal(found.theta, spec.theta_path(maps).theta)


def test_document_lines_preset():
    assert document_lines(document(MotionSpec(rotate=90), MapSizes((9, 9), (4, 5)))) == [
        "  [       0       -1        0 ]",
        "  [       1        0        0 ]",
        "theta: rotation 90.0° (x towards y), scale 1 × 1, shear 0.000, translation 0.0 px, 0.0 px",
        f"The image rotates 90.0° counterclockwise. {DIRECTION}",
        "U is 9 × 9 pixels, V is 4 × 5.",
        "again  --theta 0 -1 0 1 0 0 --output-size 4 5",
    ]


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (parameters("rigid", 0.1, 0.2, 0), "  angle 0.1, tx 0.2, ty 0"),
        (parameters("projective", 1, 0, 0, 0, 1, 0, 0.4, 0), "  [     0.4        0        1 ]"),
        (parameters("thin_plate_spline", *(0.25, 0) * 4), "  dx0 0.25, dy0 0, dx1 0.25"),
    ],
)
def test_document_lines_of_families(spec, text):
    assert any(line.startswith(text) for line in document_lines(document(spec)))


def test_document_lines_leave_out_long_flows():
    found = document(parameters("flow", *(0.25, 0) * 81))
    assert (found["matrix"], found["parameters"], found["again"]) == (None, None, None)
    assert len(found["theta"]) == 162
    assert [line.split()[0] for line in document_lines(found)] == ["theta:", "The"]


def test_caption_lines_preset():
    sampling = SamplingOptions("area", "value", (0.5,))
    lines = caption_lines(document(MotionSpec(rotate=90), sampling=sampling))
    assert lines[0] == "[       0       -1        0 ]"
    assert lines[-1] == "area, padding value 0.5, align_corners on"
    assert len(lines) == 4
