import pytest

from stnctl.cli.eval_arguments import MAX_VALUES, parse_distortion, parse_sweep
from stnctl.config.distortion_sets import NoDistortion, R
from stnctl.config.distortion_steps import Elastic, Rotate
from stnctl.errors import ConfigError, UsageError


@pytest.mark.parametrize(
    ("text", "distortion"),
    [
        ("none", NoDistortion()),
        ("R", R()),
        ("{set: R, rotation: [-30, 30]}", R(rotation=(-30.0, 30.0))),
        ("[rotate, elastic]", (Rotate(), Elastic())),
    ],
)
def test_parse_distortion(text, distortion):
    assert parse_distortion(text).distortion == distortion


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("RST", r"--distortion RST: expected one of none, R, .*, did you mean RTS\?"),
        ("{set: R, rotation: 3}", r"--distortion {set: R, rotation: 3}: data.distortion.rotation:"),
        ("[rotat]", r"--distortion \[rotat\]: .*did you mean rotate\?"),
        ("[", r"--distortion \[: the value is not valid YAML"),
        ("", r"--distortion : expected one of none"),
        ("[rotate, 3, rotat]", r"^--distortion .*: data.distortion\[1\]: expected one of"),
    ],
)
def test_parse_distortion_rejects(text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        parse_distortion(text)
    assert "--distortion R" in caught.value.hint
    assert "--set" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("rotation=-30:30:15", (-30, -15, 0, 15, 30)),
        ("rotation=-30:29:15", (-30, -15, 0, 15)),
        ("rotation=5:5:1", (5,)),
        ("scale=0.7:1.0:0.1", (0.7, 0.8, 0.9, 1.0)),
        ("shift=0:1e1:2.5", (0, 2.5, 5, 7.5, 10)),
        ("corner_std=3,1,2", (1, 2, 3)),
        ("elastic_std = 1.5", (1.5,)),
        ("rotation=-360:360:1.5", tuple(-360 + 1.5 * n for n in range(481))),
    ],
)
def test_parse_sweep(text, values):
    sweep = parse_sweep(text)
    assert sweep.name == text.partition("=")[0].strip()
    assert sweep.values == values


def test_parse_sweep_has_no_negative_zero():
    assert str(parse_sweep("rotation=-0,1").values[0]) == "0.0"


@pytest.mark.parametrize(("name", "unit"), [("rotation", "degrees"), ("shift", "pixels")])
def test_parse_sweep_has_a_unit(name, unit):
    assert parse_sweep(f"{name}=1").unit == unit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rotation", "expected NAME=LOW:HIGH:STEP, .* got 'rotation'"),
        ("rotate=1", r"expected one of rotation, .* got 'rotate', did you mean rotation\?"),
        ("rotation=1:2", "expected NAME=LOW:HIGH:STEP, .* got the values '1:2'"),
        ("rotation=", "expected numbers, got ''"),
        ("rotation=1,x", "expected numbers, got 'x'"),
        ("rotation=nan", "expected numbers, got 'nan'"),
        ("rotation=0:inf:1", "expected numbers, got 'inf'"),
        ("rotation=0:1:1e-999999999", "numbers of at most 9 digits .*, got '1e-999999999'"),
        ("rotation=1e10", "expected numbers of at most 9 digits .*, got '1e10'"),
        ("rotation=2:1:1", "expected LOW <= HIGH and STEP > 0, got 2:1:1"),
        ("rotation=1:2:0", "expected LOW <= HIGH and STEP > 0, got 1:2:0"),
        ("rotation=0:400:100", "--sweep: rotation: expected at most 360, got 400"),
        ("scale=0,1", "--sweep: scale: expected at least 0.05, got 0"),
        ("rotation=0:360:1e-9", f"expected at most {MAX_VALUES} values, got 360000000001"),
        ("rotation=-90,0,-90,45", "--sweep: expected each value once, got -90 twice"),
        ("rotation=0,-0", "--sweep: expected each value once, got 0 twice"),
        (
            "rotation=" + MAX_VALUES * "1,",
            f"expected at most {MAX_VALUES} values, got {MAX_VALUES + 1}",
        ),
    ],
)
def test_parse_sweep_rejects(text, message):
    with pytest.raises(UsageError, match=message) as caught:
        parse_sweep(text)
    assert str(caught.value).startswith("--sweep")
