import pytest

from stnctl.config.dump import config_bytes
from stnctl.config.load import load_resolved, parse_config
from stnctl.config.stored import _parse_lines, _UnusualError, read_stored
from stnctl.config.strict_yaml import YamlError, parse_yaml
from stnctl.errors import ConfigError
from tests.imports import ROOT

FROZEN = ROOT / "tests" / "frozen" / "0.1.0" / "run" / "config.yaml"
LAYERS = """
model: {classifier: [{layer: conv, filters: 3}, {layer: residual, layers: [coords]}]}
data: {source: "x: 'y' # \U0001f600", distortion: [{step: rotate}]}
"""


@pytest.mark.parametrize("text", ["", LAYERS, "seed: 7\ntrain: {patience: 3, betas: [0.5, 0.9]}"])
def test_read_stored_equals_the_schema(tmp_path, text):
    config = parse_config(text, where="x")
    path = tmp_path / "config.yaml"
    path.write_bytes(config_bytes(config))
    assert read_stored(path) == config.model_dump(mode="json")
    assert _parse_lines(path.read_text(encoding="utf-8")) == read_stored(path)


def test_read_stored_migrates():
    """The values are those of the schema, which adds the keys of later versions."""
    stored, full = read_stored(FROZEN), load_resolved(FROZEN).model_dump(mode="json")
    assert stored["model"]["transformer"]["head"] == "residual"
    assert "head" not in stored["model"]["transformer"]["localization"]
    later = {"test": None, "classes": None, "first_label": 0, "train_size": None}
    assert stored["data"] | later == full["data"]
    assert read_stored(FROZEN) == stored  # values that are shared stay as they are


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a:\n",
        "a:\nb: 1\n",
        "a: 1\n  b: 2\n",
        "a: 1\n    b: 2\n",
        "a: b: c\n",
        "a: - b\n",
        "a: |\n",
        "a: # b\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: --- b\n",
        "true: 1\n",
        "null: 1\n",
        "a: 1\n\nb: 2\n",
        "- a\n",
        "a: [1,\n",
        "a: 'b\n",
        "a: 1\rb: 2\n",
        "a: \tb\n",
        "a: x\u2028b: 2\n",
        "\ufeffa: 1\n",
        "",
    ],
)
def test_parse_lines_rejects_unusual(text):
    with pytest.raises((_UnusualError, YamlError)):
        _parse_lines(text)


@pytest.mark.parametrize(
    "text", ["a: 'x # y'\n", "a: x#y\n", 'a: "\\u2028"\n', "a: 1 # b\nc:\n  d: [x]\n", "a: ~\n"]
)
def test_parse_lines_equals_parse_yaml(text):
    assert _parse_lines(text) == parse_yaml(text, where="x").data


WORDS = "0 007 0x1F 0o17 1e5 1e-05 1.5 1. 0.1.0 no yes null true False nan inf 12:30 a.b-c_d 9-1"


@pytest.mark.parametrize("word", [*WORDS.split(), "1" * 100, "1" * 101, "é", "-1", ".5"])
def test_parse_lines_words(word):
    """Words and numbers are read without a parser, as the parser reads them."""
    try:
        expected = parse_yaml(f"a: {word}", where="x").data
    except YamlError:
        with pytest.raises(YamlError):
            _parse_lines(f"a: {word}\n")
    else:
        found = _parse_lines(f"a: {word}\n")
        assert found == expected
        assert type(found["a"]) is type(expected["a"])


def test_read_stored_other_form(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("# by hand\nschema_version: 2\ntrain:\n    epochs: 3\n", encoding="utf-8")
    assert read_stored(path) == {"schema_version": 2, "train": {"epochs": 3}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "expected a section with keys"),
        ("a: *x", "the alias"),
        ("schema_version: 99\n", "expected at most"),
        ("schema_version: x\n", "expected a whole number"),
    ],
)
def test_read_stored_rejects(tmp_path, text, message):
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_stored(path)


def test_read_stored_rejects_a_link(tmp_path):
    (tmp_path / "config.yaml").symlink_to(FROZEN)
    with pytest.raises(ConfigError, match="symbolic link"):
        read_stored(tmp_path / "config.yaml")
