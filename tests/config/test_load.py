import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stnctl.config.dump import dump_config
from stnctl.config.layer_lists import TransformerConfig
from stnctl.config.load import load_config, load_resolved, locating_problems, parse_config
from stnctl.config.schema import Config
from stnctl.errors import ConfigError, ConfigProblem, InputError


@pytest.fixture
def folder(tmp_path):
    for name in ("cnn.yaml", "stn.yaml"):
        (tmp_path / name).write_text("seed: 5\nmodel: {transformer: {}}\n", encoding="utf-8")
    return tmp_path


def test_load_config_preset(folder):
    config = load_config(folder / "stn.yaml", ["train.epochs=2"])
    assert config.model.transformer == TransformerConfig()
    assert (config.seed, config.train.epochs) == (5, 2)


def test_load_resolved_preset(tmp_path):
    config = parse_config("seed: 5\ndata: {distortion: RTS}", where="c.yaml")
    path = tmp_path / "config.yaml"
    path.write_text(dump_config(config), encoding="utf-8")
    assert load_resolved(path) == config
    assert load_resolved(path, ["train.epochs=7"]).train.epochs == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 1\nextends: stn.yaml", ":2:1: extends: the config of a run is complete"),
        ("extends: /dev/zero", ":1:1: extends: the config of a run is complete"),
        ("seed: x", ":1:1: seed: expected a whole number from 0 to 4294967295, got 'x'"),
        ("seed: &a 1", ":1:7: the anchor &a is not allowed, write the value out"),
        ("[1]", ":1:1: expected a section with the keys"),
        ("#" * 70_000, ":1:1: the text is longer than 65536 bytes"),
    ],
)
def test_load_resolved_rejects_text(folder, text, message):
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_resolved(path, ["train.epochs=7"])
    assert str(caught.value).startswith(f"{path}{message}")
    assert caught.value.hint == "restore a copy of it, or train again"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.symlink_to("stn.yaml"), "is a symbolic link, not a file of the run"),
        (lambda path: path.symlink_to("/dev/zero"), "is a symbolic link, not a file of the run"),
        (lambda path: path.symlink_to("nowhere"), "is a symbolic link, not a file of the run"),
        (os.mkfifo, "is not a regular file, expected a YAML file"),
        (os.mkdir, "is a folder, expected a YAML file"),
        (lambda path: None, "no such file"),
    ],
    ids=["link", "link to a device", "link to nothing", "pipe", "folder", "missing"],
)
def test_load_resolved_rejects_path(folder, make, message):
    path = folder / "config.yaml"
    make(path)
    with pytest.raises(InputError) as caught:
        load_resolved(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_load_resolved_follows_no_link_that_comes_late(folder, monkeypatch):
    """A file that becomes a link after the check is not read either."""
    path = folder / "config.yaml"
    path.symlink_to("stn.yaml")
    monkeypatch.setattr("pathlib.Path.is_symlink", lambda path: False)
    with pytest.raises(InputError, match="is a symbolic link, not a file of the run"):
        load_resolved(path)


@pytest.mark.parametrize("override", ["seed=x", "extends=stn.yaml", "seed"])
def test_load_resolved_rejects_override(folder, override):
    """The error is that of the user, not of the run."""
    with pytest.raises(ConfigError, match=f"--set {override}: "):
        load_resolved(folder / "stn.yaml", [override])


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "null", "{}"])
def test_parse_config_preset_empty_is_all_defaults(text):
    assert parse_config(text, where="c.yaml") == Config()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name: \xff", ":1:7: the byte 0xff is not UTF-8, save the file as UTF-8"),
        (b"seed: \x00", ":1:7: the character U+0000 is not allowed"),
        (b"seed: x", ":1:1: seed: expected a whole number"),
    ],
)
def test_load_config_rejects_content(tmp_path, content, message):
    path = tmp_path / "c.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_load_config_rejects_missing_file(folder):
    with pytest.raises(ConfigError, match=r"stm.yaml: no such file, did you mean stn.yaml\?"):
        load_config(folder / "stm.yaml")


def _is_config_or_config_error(text, overrides=()):
    try:
        config = parse_config(text, where="c.yaml", overrides=overrides)
    except ConfigError as error:
        lines = str(error).splitlines()
        return bool(lines) and all(line.startswith(("c.yaml:", "--set ")) for line in lines)
    return isinstance(config, Config)


FRAGMENTS = [
    *("data", "model", "train", "classifier", "filters", "validation", "epochs", "seed", "name"),
    "schema_version",
    *("distortion", "set", "step", "RTS", "<RTS>", "rotate", "scale", "extends", "keys"),
    *(": ", ":\n  ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ", ", "? ", "| ", "> "),
    *("'", '"', "&a ", "*a", "!!int ", "<<", "#", "%", "@", "---", "...", "\t", "\\ud800", "\\x00"),
    *("1", "-1", "1e-3", "0.5", ".nan", ".inf", "1e999", "null", "true", "test", "9" * 99),
    "\ufeff",
]
yaml_like = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


@given(st.text() | yaml_like)
@example("\x85")
@example("? ")
@settings(max_examples=3 * settings().max_examples)
def test_parse_config_random_text(text):
    assert _is_config_or_config_error(text)


@given(st.lists(st.text() | yaml_like | st.builds("{}={}".format, yaml_like, yaml_like)))
@settings(max_examples=2 * settings().max_examples)
def test_parse_config_random_overrides(overrides):
    assert _is_config_or_config_error("train: {epochs: 3}", overrides)


paths = st.lists(
    st.sampled_from(
        [
            *("data", "model", "transformer", "classifier", "filters", "train", "seed", "x"),
            *(
                "distortion",
                "set",
                "keys",
                "extends",
                "schema_version",
                "0",
                "1",
                "-1",
                "filters[0]",
            ),
        ]
    ),
    min_size=1,
    max_size=4,
).map(".".join)


@given(st.lists(st.builds("{}={}".format, paths, yaml_like), max_size=4))
@settings(max_examples=2 * settings().max_examples)
def test_parse_config_random_values_of_real_keys(overrides):
    assert _is_config_or_config_error("model: {transformer: null, classifier: 3}", overrides)


words = st.sampled_from(["R", "RTS", "<RTS>", "none", "name", "steps", "rotate", "<steps>", ""])
parts = words | st.sampled_from(["set", "step", "scale", "degrees"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            words | st.sampled_from(["set", "step", "scale", "degrees"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(values)
@settings(max_examples=4 * settings().max_examples)
def test_parse_config_random_distortion(value):
    assert _is_config_or_config_error(f"data: {{distortion: {json.dumps(value)}}}")


BASE = """\
model:
  classifier:
    - conv
    - {layer: residual, layers: [pool]}
"""


@pytest.mark.parametrize(
    ("key", "overrides", "place"),
    [
        ("model.classifier[1].layers[0]", (), "base.yaml:4:34: "),
        ("model.classifier[1].layers[0].size", (), "base.yaml:4:34: "),
        ("model.classifier[10]", (), "base.yaml:2:3: "),
        ("model.transformer.localization", (), "child.yaml:2:9: "),
        ("model.transformers", (), "child.yaml:2:1: "),
        ("limits.max_bytes", (), ""),
        ("", (), ""),
        ("train.epochs", ("train.epochs=3",), "--set train.epochs=3: "),
        (
            "model.classifier[0].stride",
            ("model.classifier[0].filters=3", "model.classifier[0].stride=3"),
            "--set model.classifier[0].stride=3: ",
        ),
        ("model.classifier[0]", ("model.classifier=[pool]",), "--set model.classifier=[pool]: "),
    ],
)
def test_locating_problems(tmp_path, monkeypatch, key, overrides, place):
    """A problem has the place of its key, or of the nearest section or list around the key."""
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE)
    Path("child.yaml").write_text("extends: base.yaml\nmodel: {transformer: {}}\n")
    with (
        pytest.raises(ConfigError) as caught,
        locating_problems(Path("child.yaml"), overrides),
    ):
        raise ConfigError(ConfigProblem("it is wrong", path=key), "also", hint="hint")
    shown = "" if overrides and f"{key}=" in place else f"{key}: " if key else ""
    assert str(caught.value) == f"{place}{shown}it is wrong\nalso"
    assert caught.value.hint == "hint"
    assert isinstance(caught.value.__cause__, ConfigError)


def test_locating_problems_keeps_places_and_other_errors(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("seed: 3")
    with pytest.raises(ConfigError, match=r"^x:1:2: seed: a$"), locating_problems(path):
        raise ConfigError(ConfigProblem("a", path="seed", origin="x:1:2"))
    with pytest.raises(InputError, match=r"^seed$"), locating_problems(path):
        raise InputError("seed")
