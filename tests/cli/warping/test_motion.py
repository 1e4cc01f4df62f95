import pytest

from stnctl.cli.warping.by_hand import ByHand
from stnctl.cli.warping.by_numbers import ByNumbers
from stnctl.cli.warping.motion import Said, parse_motion
from stnctl.errors import UsageError

SIX = "1 0 0 0 1 0"
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("said", "motion"),
    [
        (Said(theta=SIX), ByNumbers("--theta", "affine", IDENTITY)),
        (Said(theta=SIX + " 0 0"), ByNumbers("--theta", "projective", (*IDENTITY, 0.0, 0.0))),
        (
            Said(theta=SIX, transform="diffeomorphic_affine"),
            ByNumbers("--theta", "diffeomorphic_affine", IDENTITY),
        ),
        (
            Said(theta=SIX, frame="pixel", inverse=True),
            ByNumbers("--theta", "affine", IDENTITY, in_pixels=True, inverse=True),
        ),
        (Said(theta=SIX, frame="normalized"), ByNumbers("--theta", "affine", IDENTITY)),
        (Said(points="1 2"), ByNumbers("--points", "thin_plate_spline", (1.0, 2.0))),
        (
            Said(points="1 2", transform="thin_plate_spline", frame="pixel"),
            ByNumbers("--points", "thin_plate_spline", (1.0, 2.0), in_pixels=True),
        ),
        (Said(rotate=0.0), ByHand()),
        (Said(scale="2"), ByHand(scale=(2.0, 2.0))),
    ],
)
def test_parse_motion_preset(said, motion):
    assert parse_motion(said) == motion


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        (Said(), "no theta: expected --theta, --points, or --rotate", "--rotate 30"),
        (Said(frame="pixel"), "no theta", "identity"),
        (Said(transform="rigid"), "--transform rigid: no --theta: angle tx ty", "--theta 0 0 0"),
        (Said(transform="flow"), "--transform flow: no --theta$", None),
        (Said(theta=SIX, points="1 2"), "--points .*, got --theta too", "one of"),
        (Said(points="1", transform="rigid"), "--points .*, got --transform rigid too", "one of"),
        (Said(theta=SIX, rotate=3), "--rotate says .* --theta what theta is", "one of"),
        (Said(shift="0 0", inverse=True), "--shift .* --inverse", "one of"),
        (Said(scale="2", frame="pixel"), "--scale .* --frame", "one of"),
        (Said(theta="1 2"), "got 2: '1 2'", "the identity"),
    ],
)
def test_parse_motion_rejects(said, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        parse_motion(said)
    assert hint in caught.value.hint if hint else caught.value.hint is None
