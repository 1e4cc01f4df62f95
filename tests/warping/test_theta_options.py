import pytest

from stnctl.errors import UsageError
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.from_parameters import ParameterSpec
from stnctl.warping.theta_options import ThetaOptions, parse_theta

SIX = "1 0 0 0 1 0"
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("options", "spec"),
    [
        (ThetaOptions(theta=SIX), ParameterSpec("--theta", "affine", IDENTITY)),
        (
            ThetaOptions(theta=SIX + " 0 0"),
            ParameterSpec("--theta", "projective", (*IDENTITY, 0.0, 0.0)),
        ),
        (
            ThetaOptions(theta=SIX, transform="diffeomorphic_affine"),
            ParameterSpec("--theta", "diffeomorphic_affine", IDENTITY),
        ),
        (
            ThetaOptions(theta=SIX, frame="pixel", inverse=True),
            ParameterSpec("--theta", "affine", IDENTITY, in_pixels=True, inverse=True),
        ),
        (ThetaOptions(theta=SIX, frame="normalized"), ParameterSpec("--theta", "affine", IDENTITY)),
        (ThetaOptions(points="1 2"), ParameterSpec("--points", "thin_plate_spline", (1.0, 2.0))),
        (
            ThetaOptions(points="1 2", transform="thin_plate_spline", frame="pixel"),
            ParameterSpec("--points", "thin_plate_spline", (1.0, 2.0), in_pixels=True),
        ),
        (ThetaOptions(rotate=0.0), MotionSpec()),
        (ThetaOptions(scale="2"), MotionSpec(scale=(2.0, 2.0))),
    ],
)
def test_parse_theta_preset(options, spec):
    assert parse_theta(options) == spec


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (ThetaOptions(), "no theta: expected --theta, --points, or --rotate", "--rotate 30"),
        (ThetaOptions(frame="pixel"), "no theta", "identity"),
        (
            ThetaOptions(transform="rigid"),
            "--transform rigid: expected --theta with angle tx ty, got none",
            "--theta 0 0 0",
        ),
        (ThetaOptions(transform="flow"), "--transform flow: expected --theta, got none$", None),
        (ThetaOptions(theta=SIX, points="1 2"), "--points .*, got --theta too", "one of"),
        (
            ThetaOptions(points="1", transform="rigid"),
            "--points .*, got --transform rigid too",
            "one of",
        ),
        (
            ThetaOptions(theta=SIX, rotate=3),
            "--rotate gives a motion .* --theta gives theta",
            "one of",
        ),
        (ThetaOptions(shift="0 0", inverse=True), "--shift .* --inverse", "one of"),
        (ThetaOptions(scale="2", frame="pixel"), "--scale .* --frame", "one of"),
        (ThetaOptions(theta="1 2"), "got 2: '1 2'", "the identity"),
    ],
)
def test_parse_theta_rejects(options, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        parse_theta(options)
    assert hint in caught.value.hint if hint else caught.value.hint is None
