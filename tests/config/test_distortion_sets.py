import json
from typing import get_args

import pytest

from stnctl.config.data_section import DataConfig
from stnctl.config.distortion_sets import RTS, SETS, TC, Addition, E, NoDistortion, P, R, Set, T
from stnctl.config.distortion_steps import STEPS, Clutter, Elastic, Place, Rotate, Scale, Step
from stnctl.config.dump import dump_config
from stnctl.config.json_schema import config_json_schema
from stnctl.config.load import parse_config
from stnctl.config.schema import Config
from stnctl.errors import ConfigError

NAMES = "none, R, RTS, P, E, T, TC, addition"
STEP_NAMES = "rotate, scale, shear, shift, corners, elastic, canvas, place, clutter"


def distortion(text):
    return parse_config(f"data: {{distortion: {text}}}", where="c.yaml").data.distortion


def test_sets_preset():
    """What the name of a set means does not change."""
    assert [kind().model_dump(exclude={"set"}) for kind in SETS.values()] == [
        {},
        {"rotation": (-90.0, 90.0), "canvas": None},
        {"rotation": (-45.0, 45.0), "scale": (0.7, 1.2), "canvas": (42, 42)},
        {"scale": (0.75, 1.0), "corner_std": 5.0, "canvas": None},
        {"scale": (0.75, 1.0), "elastic_std": 1.5, "control_points": (4, 4), "canvas": None},
        {"canvas": (60, 60)},
        {"canvas": (60, 60), "clutter": 6, "clutter_size": 6},
        {"rotation": (-45.0, 45.0), "scale": (0.7, 1.2), "canvas": (42, 42)},
    ]


@pytest.mark.parametrize(("kinds", "key", "union"), [(SETS, "set", Set), (STEPS, "step", Step)])
def test_names_are_those_of_the_sections(kinds, key, union):
    assert {name: getattr(kind(), key) for name, kind in kinds.items()} == {
        name: name for name in kinds
    }
    assert get_args(union) == tuple(kinds.values())


@pytest.mark.parametrize("name", SETS)
def test_parse_config_preset_set(name):
    assert distortion(name) == distortion(f"{{set: {name}}}") == SETS[name]()


@pytest.mark.parametrize("name", STEPS)
def test_parse_config_preset_step(name):
    assert distortion(f"[{name}]") == distortion(f"[{{step: {name}}}]") == (STEPS[name](),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'none'", NoDistortion()),
        ("{set: R, rotation: [-10, 20]}", R(rotation=(-10.0, 20.0))),
        ("{set: R, canvas: [40, 50]}", R(canvas=(40, 50))),
        ("{set: RTS, scale: [1, 1]}", RTS(scale=(1.0, 1.0))),
        ("{set: P, corner_std: 0, canvas: null}", P(corner_std=0.0)),
        ("{set: E, control_points: [2, 10]}", E(control_points=(2, 10))),
        ("{set: T, canvas: [28, 512]}", T(canvas=(28, 512))),
        ("{set: TC, clutter: 1, clutter_size: 8}", TC(clutter=1, clutter_size=8)),
        ("{set: addition, canvas: [60, 60]}", Addition(canvas=(60, 60))),
        ("[]", ()),
        (
            "[{step: place, canvas: [40, 40]}, rotate, {step: elastic, std: 2}, clutter]",
            (Place(canvas=(40, 40)), Rotate(), Elastic(std=2.0), Clutter()),
        ),
        ("[scale, scale]", (Scale(), Scale())),
    ],
)
def test_parse_config_preset_numbers(text, expected):
    assert distortion(text) == expected
    config = Config(data=DataConfig(distortion=expected))
    assert parse_config(dump_config(config), where="c.yaml") == config


SIZES = "each a whole number from 1 to 512"
VALUE = f"expected one of {NAMES}, or a list of at most 20 steps"
REJECTED = [
    # the value
    ("RS", 8, "", f"{VALUE}, got 'RS', did you mean RTS?"),
    ("rotate", 8, "", f"{VALUE}, got"),
    ("3", 8, "", f"{VALUE}, got 3"),
    ("true", 8, "", "a list of at most 20 steps, got true"),
    ("rts", 8, "", f"{VALUE}, got 'rts', did you mean RTS?"),
    ("null", 8, "", f"{VALUE}, got null, write none for none"),
    ("", 8, "", f"{VALUE}, got null, write none for none"),
    (str(["rotate"] * 21), 8, "", "of at most 20 steps, got a list of 21 items"),
    ("[clutter, rotate]", 8, "", "clutter must be the last step"),
    ("[place, clutter, {step: clutter, count: 1}]", 8, "", "and the only clutter step"),
    # its kind
    ("{}", 8, "", f"the key set is missing, expected one of {NAMES}"),
    ("{scale: [1, 2]}", 8, "", f"the key set is missing, expected one of {NAMES}"),
    ("{set: RS}", 21, ".set", f"expected one of {NAMES}, got 'RS', did you mean RTS?"),
    ("{R: {rotation: [0, 1]}}", 8, "", "the key set is missing, write {set: R, ...}"),
    ("{set: r}", 21, ".set", f"expected one of {NAMES}, got 'r', did you mean R?"),
    ("{set: }", 21, ".set", f"expected one of {NAMES}, got null, write none for none"),
    ("{set: [R]}", 21, ".set", f"expected one of {NAMES}, got ['R']"),
    ("{set: {set: R}}", 21, ".set", f"expected one of {NAMES}, got a section"),
    ("{set: name}", 21, ".set", f"expected one of {NAMES}, got 'name'"),
    ("{set: steps}", 21, ".set", f"expected one of {NAMES}, got 'steps'"),
    ("{set: rotate}", 21, ".set", f"expected one of {NAMES}, got 'rotate'"),
    # its keys
    ("{set: RTS, scle: [1, 2]}", 31, ".scle", "unknown key, did you mean scale?"),
    ("{set: RTS, q: 1}", 31, ".q", "expected one of set, rotation, scale, canvas"),
    ("{set: RTS, <RTS>: 1}", 31, ".'<RTS>'", "unknown key, expected one of set, rota"),
    ("{set: R, clutter: 3}", 29, ".clutter", "clutter belongs to the set TC"),
    ("{set: none, canvas: [9, 9]}", 32, ".canvas", "belongs to the set R or RTS or P"),
    ("{set: R, epochs: 3}", 29, ".epochs", "here, epochs belongs in train"),
    # their values
    (
        "{set: RTS, scale: [2, 1]}",
        31,
        ".scale",
        "expected [low, high], the lower one first, got [2, 1]",
    ),
    ("{set: RTS, scale: [1, 99]}", 42, ".scale[1]", "expected a number from 0.05 to 20, got 99"),
    ("{set: RTS, scale: [.nan, 1]}", 39, ".scale[0]", "from 0.05 to 20, got .nan"),
    ("{set: RTS, scale: 1}", 31, ".scale", "from 0.05 to 20, such as [0.8, 1.2], got 1"),
    ("{set: RTS, scale: [1]}", 31, ".scale", "such as [0.8, 1.2], got [1]"),
    (
        "{set: R, rotation: 30}",
        29,
        ".rotation",
        "expected [low, high], each a number from -360 to 360, such as [-30, 30], got 30",
    ),
    ("{set: R, rotation: [1, 2, 3]}", 29, ".rotation", "such as [-30, 30], got [1, 2, 3]"),
    ("{set: R, rotation: [-361, 0]}", 40, ".rotation[0]", "number from -360 to 360, "),
    ("{set: R, canvas: [28, x]}", 42, ".canvas[1]", "from 1 to 512, got 'x'"),
    ("{set: R, canvas: 9}", 29, ".canvas", f"expected [height, width], {SIZES}, or null, got 9"),
    ("{set: RTS, canvas: null}", 31, ".canvas", f"expected [height, width], {SIZES}, got null"),
    ("{set: E, control_points: 4}", 29, ".control_points", "expected [rows, columns], each a"),
    ("{set: P, corner_std: -1}", 29, ".corner_std", "a number from 0 to 512, got -1"),
    ("{set: E, control_points: [1, 4]}", 46, ".control_points[0]", "from 2 to 10, got"),
    ("{set: TC, clutter: 2.5}", 30, ".clutter", "number from 1 to 100, got 2.5"),
    # steps
    ("[rotat]", 21, "[0]", f"expected one of {STEP_NAMES}, got 'rotat', did you mean"),
    ("[rotate, 3]", 29, "[1]", f"expected one of {STEP_NAMES}, got 3"),
    ("[[rotate]]", 21, "[0]", f"expected one of {STEP_NAMES}, got ['rotate']"),
    ("[{degrees: [0, 1]}]", 21, "[0]", f"the key step is missing, expected one of {STEP_NAMES}"),
    ("[{rotate: [1, 2]}]", 21, "[0]", "the key step is missing, write {step: rotate, ...}"),
    ("[{x: 1, scale: {}}]", 21, "[0]", "the key step is missing, write {step: scale, ...}"),
    ("[{set: R}]", 21, "[0]", "the key step is missing, expected one of rotate"),
    ("[{step: rot}]", 22, "[0].step", f"one of {STEP_NAMES}, got 'rot', did you mean"),
    ("[{step: name}]", 22, "[0].step", f"expected one of {STEP_NAMES}, got 'name'"),
    ("[{step: rotate, dgrees: 1}]", 36, "[0].dgrees", "did you mean degrees?"),
    (
        "[{step: rotate, std: 1}]",
        36,
        "[0].std",
        "unknown key here, std belongs to the step corners or elastic",
    ),
    (
        "[scale, {step: rotate, degrees: [1, 0]}]",
        43,
        "[1].degrees",
        "expected [low, high], the lower one first, got [1, 0]",
    ),
    ("[{step: shear, degrees: [0, 90]}]", 48, "[0].degrees[1]", "from -80 to 80, got"),
    ("[{step: shear, degrees: 9}]", 35, "[0].degrees", "-80 to 80, such as [-10, 10], got 9"),
    ("[{step: shift, distance: 9}]", 35, "[0].distance", "0 to 512, such as [0, 4], got 9"),
    ("[{step: shift, distance: [-1, 0]}]", 46, "[0].distance[0]", "from 0 to 512, got"),
]


@pytest.mark.parametrize(("text", "column", "key", "message"), REJECTED)
def test_parse_config_rejects_distortion(text, column, key, message):
    with pytest.raises(ConfigError) as caught:
        distortion(text)
    [line] = str(caught.value).splitlines()
    place = f"c.yaml:1:{column}: data.distortion{key}: "
    assert line.startswith(place)
    assert message in line.removeprefix(place)


def test_parse_config_rejects_all_of_a_distortion():
    text = "data:\n  distortion:\n    - rotat\n    - {step: scale, factor: [2, 1], x: 1}\n    - 3\n"
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml")
    assert [line.split(": ")[:2] for line in str(caught.value).splitlines()] == [
        ["c.yaml:3:7", "data.distortion[0]"],
        ["c.yaml:4:21", "data.distortion[1].factor"],
        ["c.yaml:4:37", "data.distortion[1].x"],
        ["c.yaml:5:7", "data.distortion[2]"],
    ]


def test_examples_in_messages_are_valid():
    """What a message says to write can be written."""
    for section in config_json_schema()["definitions"].values():
        for key, field in section["properties"].items():
            for example in field.get("examples", ()):
                [(naming, kind)] = [
                    (name, field["const"])
                    for name, field in section["properties"].items()
                    if "const" in field
                ]
                text = f"{{{naming}: {kind}, {key}: {example}}}"
                value = distortion(text if naming == "set" else f"[{text}]")
                kind_of = value if naming == "set" else value[0]
                assert getattr(kind_of, key) == tuple(example)


def test_sections_preset_are_models_too():
    """The other parts make them from Python, as well as from files."""
    config = DataConfig(distortion=(Rotate(degrees=(0.0, 9.0)), Scale()))
    assert DataConfig.model_validate_json(json.dumps(config.model_dump())) == config
