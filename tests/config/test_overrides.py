import pytest

from stnctl.config.distortion_sets import TC, R
from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.load import parse_config
from stnctl.config.overrides import parse_override
from stnctl.errors import ConfigError

FORM = "expected KEY=VALUE, such as train.epochs=5"


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("seed=3", ("seed",), 3),
        (" train . epochs =5", ("train", "epochs"), 5),
        ("a.b=1e-3", ("a", "b"), 0.001),
        ("a=no", ("a",), "no"),
        ("a=", ("a",), None),
        ("a=null", ("a",), None),
        ("a='null'", ("a",), "null"),
        ("a=../x=y.npz", ("a",), "../x=y.npz"),
        ("a=[20, 20]", ("a",), [20, 20]),
        ("a={b: [1], c: }", ("a",), {"b": [1], "c": None}),
        ("a=__import__('os')", ("a",), "__import__('os')"),
    ],
)
def test_parse_override_preset(override, path, value):
    assert parse_override(override) == (path, value)


def test_parse_config_preset_overrides_win_in_order():
    text = "seed: 1\ntrain: {epochs: 3, threads: 4}"
    config = parse_config(text, where="c.yaml", overrides=["seed=5", "train.epochs=6", "seed=7"])
    assert (config.seed, config.train.epochs, config.train.threads) == (7, 6, 4)


@pytest.mark.parametrize("text", ["", "model:", "model: {transformer: null}", "model: {}"])
def test_parse_config_preset_override_makes_sections(text):
    overrides = ["model.transformer.output_size=[20, 10]"]
    config = parse_config(text, where="c.yaml", overrides=overrides)
    assert config.model.transformer == TransformerConfig(output_size=(20, 10))


def test_parse_config_preset_override_replaces_sections():
    text = "model:\n  transformer:\n    typo: 1\n"
    config = parse_config(text, where="c.yaml", overrides=["model.transformer=null"])
    assert config.model.transformer is None


@pytest.mark.parametrize(
    "text",
    [
        "data: {distortion: R}",
        "data: {distortion: {set: R}}",
        "data:\n  distortion:\n    set: R\n    rotation: [0, 1]",
    ],
)
@pytest.mark.parametrize(
    "override",
    ["data.distortion.rotation=[-30, 30]", "data.distortion={set: R, rotation: [-30, 30]}"],
)
def test_parse_config_preset_override_inside_distortion(text, override):
    config = parse_config(text, where="c.yaml", overrides=[override])
    assert config.data.distortion == R(rotation=(-30.0, 30.0))


def test_parse_config_preset_override_inside_distortion_of_override():
    overrides = [
        "data.distortion=TC",
        "data.distortion.clutter=3",
        "data.distortion.canvas=[9, 9]",
    ]
    config = parse_config("data: {distortion: [rotate]}", where="c.yaml", overrides=overrides)
    assert config.data.distortion == TC(clutter=3, canvas=(9, 9))


@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        (
            "data: {distortion: RS}",
            ["data.distortion.rotation=[0, 1]"],
            "c.yaml:1:8: data.distortion.set: expected one of none, R, RTS, P, E, T, TC, addition, "
            "got 'RS', did you mean RTS?",
        ),
        (
            "data: {distortion: R}",
            ["data.distortion.scale=[1, 2]"],
            "--set data.distortion.scale=[1, 2]: unknown key here, scale belongs to the set RTS or "
            "P or E or addition",
        ),
        (
            "",
            ["data.distortion.scale=[1, 2]"],
            "--set data.distortion.scale=[1, 2]: data.distortion: the key set is missing, expected "
            "one of none, R, RTS, P, E, T, TC, addition",
        ),
        (
            "data: {distortion: [rotate]}",
            ["data.distortion.scale=[1, 2]"],
            "--set data.distortion.scale=[1, 2]: data.distortion is a list: expected the index 0, "
            "got 'scale'",
        ),
        (
            "data: {source: digits}",
            ["data.source.x=1"],
            "--set data.source.x=1: data.source is not a section but 'digits'",
        ),
        (
            "",
            ["data.distortion={set: RTS, scale: [2, 1]}"],
            "--set data.distortion={set: RTS, scale: [2, 1]}: data.distortion.scale: expected "
            "[low, high], the lower one first, got [2, 1]",
        ),
        (
            "",
            ["extends=b.yaml"],
            "--set extends=b.yaml: extends belongs in a file, and can't be set",
        ),
        ("", ["extends.x=1"], "--set extends.x=1: extends belongs in a file, and can't be set"),
    ],
)
def test_parse_config_rejects_override_inside(text, overrides, message):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml", overrides=overrides)
    assert str(caught.value) == message


REJECTED = [
    ("foo", FORM),
    ("", FORM),
    ("=5", FORM),
    (" =5", FORM),
    (".a=1", f"a part of the key is empty, {FORM}"),
    ("a..b=1", f"a part of the key is empty, {FORM}"),
    ("train.=1", f"a part of the key is empty, {FORM}"),
    ("a." * 2000 + "a=1", f"a key of 2001 parts, {FORM}"),
    ("seed=[1", "the value is not valid YAML: while parsing a flow sequence"),
    ("seed=*x", "the value is not valid YAML: the alias *x is not allowed"),
    ("seed=!!python/name:os.system", "the value is not valid YAML: the tag"),
    ("seed={a: 1, a: 2}", "the value is not valid YAML: duplicate key 'a'"),
    ("seed=" + "9" * 5000, "the value is not valid YAML: a number of 5000 characters"),
    ("data.source=a: b", "expected a single value, [a, list] or {a: map}; put text in quotes"),
    ("data.source=- a", "expected a single value, [a, list] or {a: map}; put text in quotes"),
    ("seed.x=1", "seed is not a section but 3"),
    ("train.lerning_rate=1", "unknown key, did you mean learning_rate?"),
    ("trian.epochs=1", "trian: unknown key, did you mean train?"),
    ("train.epochs=ten", "expected a whole number from 1 to 100000, got 'ten'"),
    ("train={epochs: ten}", "train.epochs: expected a whole number from 1 to 100000, got 'ten'"),
    ("train=", "expected a section with the keys epochs, batch_size"),
    ("data.validation=2", "expected a number above 0 and at most 0.5, or 'test', got 2"),
    ("model.classifier.filters=[1, x]", "model.classifier.filters[1]: expected a whole number"),
]


@pytest.mark.parametrize(("override", "message"), REJECTED)
def test_parse_config_rejects_override(override, message):
    with pytest.raises(ConfigError) as caught:
        parse_config("seed: 3", where="c.yaml", overrides=[override])
    label = f"--set {override}: " if len(override) < 100 else "--set "
    assert str(caught.value).startswith(label)
    assert message in str(caught.value).removeprefix(label)
    assert len(str(caught.value)) < 400


def test_parse_config_rejects_override_that_cannot_be_printed():
    with pytest.raises(
        ConfigError, match=r"--set seed\\udcff=1: the key has a character that can't be printed"
    ):
        parse_config("", where="c.yaml", overrides=["seed\udcff=1"])


def test_parse_config_rejects_file_and_overrides_together():
    text = "train:\n  epochs: ten\n  threads: 0\nsed: 1"
    overrides = ["train.epochs=5", "foo", "train.batch_size=0", "seed=-1"]
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml", overrides=overrides)
    assert str(caught.value).splitlines() == [
        "c.yaml:3:3: train.threads: expected a whole number from 1 to 256, got 0",
        "c.yaml:4:1: sed: unknown key, did you mean seed?",
        "--set train.batch_size=0: expected a whole number from 1 to 65536, got 0",
        "--set seed=-1: expected a whole number from 0 to 4294967295, got -1",
        f"--set foo: {FORM}",
    ]
