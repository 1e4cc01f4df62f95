import math

import pytest

from stnctl.config.strict_yaml import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    YamlError,
    end_of,
    parse_yaml,
    reads_as_text,
)
from stnctl.errors import ConfigError

SCALARS = [
    ("", None),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("nuLL", "nuLL"),
    ("true", True),
    ("False", False),
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("y", "y"),
    ("12", 12),
    ("+12", 12),
    ("-0", 0),
    ("010", 10),
    ("08", 8),
    ("0o17", 15),
    ("0x1F", 31),
    ("1_000", "1_000"),
    ("0b11", "0b11"),
    ("12:30", "12:30"),
    ("2026-01-01", "2026-01-01"),
    ("٣", "٣"),
    ("1e-3", 0.001),
    ("1E3", 1000.0),
    ("1.", 1.0),
    (".5", 0.5),
    ("-.5e+1", -5.0),
    (".", "."),
    ("e3", "e3"),
    (".inf", math.inf),
    ("-.INF", -math.inf),
    ("inf", "inf"),
    ("nan", "nan"),
    ("=", "="),
    ("'12'", "12"),
    ('"null"', "null"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_parse_yaml_preset_scalar(text, value):
    data = parse_yaml(f"key: {text}", where="c.yaml").data
    assert data == {"key": value}
    assert type(data["key"]) is type(value)


def test_parse_yaml_preset_nan():
    assert math.isnan(parse_yaml(".NaN", where="c.yaml").data)


@pytest.mark.parametrize(("text", "value"), [(t, v) for t, v in SCALARS if t[:1] not in ("'", '"')])
def test_reads_as_text_preset(text, value):
    assert reads_as_text(text) == isinstance(value, str)


@pytest.mark.parametrize("text", ["", "# nothing", "---", "null", "\ufeff# marked\n"])
def test_parse_yaml_preset_empty(text):
    assert parse_yaml(text, where="c.yaml").data is None


def test_parse_yaml_preset_places():
    text = "a:\n  b: [1, {c: 2}]\n  'd e':\n  - x\n  - y\nf: é\n? g\n: 1\n"
    document = parse_yaml(text, where="c.yaml")
    assert document.data == {"a": {"b": [1, {"c": 2}], "d e": ["x", "y"]}, "f": "é", "g": 1}
    assert list(document.places.items()) == [
        ((), (1, 1)),
        (("a",), (1, 1)),
        (("a", "b"), (2, 3)),
        (("a", "b", 0), (2, 7)),
        (("a", "b", 1), (2, 10)),
        (("a", "b", 1, "c"), (2, 11)),
        (("a", "d e"), (3, 3)),
        (("a", "d e", 0), (4, 5)),
        (("a", "d e", 1), (5, 5)),
        (("f",), (6, 1)),
        (("g",), (7, 3)),
    ]


def test_parse_yaml_preset_deepest():
    document = parse_yaml("[" * (MAX_DEPTH - 1) + "1" + "]" * (MAX_DEPTH - 1), where="c.yaml")
    assert (0,) * (MAX_DEPTH - 1) in document.places


REJECTED = [
    ("a: 1\nb: 2\na: 3", "3:1: duplicate key 'a', first on line 1"),
    ("a: {b: 1, 'b': 2}", "1:11: duplicate key 'b', first on line 1"),
    ("a: 1\n2: b", "2:1: a key must be text, got 2; put it in quotes"),
    ("true: b", "1:1: a key must be text, got true; put it in quotes"),
    ("~: b", "1:1: a key must be text, got null; put it in quotes"),
    ("? [a, b]\n: c", "1:3: a key must be text, got a list or a section"),
    ("a: &x 1\nb: *x", "1:4: the anchor &x is not allowed"),
    ("a: &x [*x]", "1:4: the anchor &x is not allowed"),
    ("b: *x", "1:4: the alias *x is not allowed, write the value out"),
    ("<<: {a: 1}", "1:1: the merge key << is not allowed"),
    ("a: !!int 3", "1:4: the tag tag:yaml.org,2002:int is not allowed"),
    ("a: ! 3", "1:4: the tag ! is not allowed"),
    ("a: !!python/object/apply:os.system [ls]", "1:4: the tag tag:yaml.org,2002:python/object"),
    ("a: 1\n---\nb: 2", "2:1: expected a single document in the stream, but found another"),
    ("a:\n\t- 3", "2:1: while scanning for the next token, found character '\\t'"),
    ("a:\n\t- 3", "cannot start any token; indent with spaces"),
    ("a: [1, 2", "1:9: while parsing a flow sequence, expected ',' or ']'"),
    ("a: 'x", "1:6: while scanning a quoted scalar, found unexpected end of stream"),
    ("a: b: c", "1:5: mapping values are not allowed here"),
    ("a: 1\n b: 2", "2:3: mapping values are not allowed here"),
    ("a: @x", "1:4: while scanning for the next token, found character '@'"),
    ('a: "\\q"', "1:6: while scanning a double-quoted scalar, found unknown escape"),
    ("%YAML 2.0\n---\na: 1", "1:1: found incompatible YAML document"),
    ("a: 1\nb: \x07", "2:4: the character U+0007 is not allowed"),
    ("a: \ud800", "1:4: the character U+D800 is not allowed"),
    ('a: "\\ud800"', "1:4: the escape U+D800 is half a character"),
    ("a: " + "9" * 5000, "1:4: a number of 5000 characters, at most 100 are read"),
    ("a: 0x" + "f" * 5000, "1:4: a number of 5002 characters"),
    ("a: 1." + "0" * 200, "1:4: a number of 202 characters"),
    ("[" * 900, f"1:{MAX_DEPTH + 1}: nested more than {MAX_DEPTH} deep"),
    ("- " * 900, f"1:{2 * MAX_DEPTH + 1}: nested more than {MAX_DEPTH} deep"),
    ("[" + "1," * MAX_NODES + "]", f"1:{2 * MAX_NODES}: more than {MAX_NODES} keys and values"),
    ('a: "\\UFFFFFFFF"', "1:7: an escape or a version is out of range"),
    ('a: "\\U00110000"', "1:7: an escape or a version is out of range"),
    (f"%YAML 1.{'9' * 5000}\n--- a", "1:9: an escape or a version is out of range"),
    ("é" * (MAX_BYTES // 2 + 1), f"1:1: the text is longer than {MAX_BYTES} bytes"),
]


@pytest.mark.parametrize(("text", "message"), REJECTED)
def test_parse_yaml_rejects(text, message):
    with pytest.raises(YamlError) as caught:
        parse_yaml(text, where="c.yaml")
    assert isinstance(caught.value, ConfigError)
    assert str(caught.value).startswith("c.yaml:")
    assert message in str(caught.value)
    assert str(caught.value).endswith(f": {caught.value.problems[0].sentence}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"), [("", (1, 1)), ("ab", (1, 3)), ("ab\n", (2, 1)), ("a\r\nb\n\nc", (4, 2))]
)
def test_end_of_preset(text, place):
    assert end_of(text) == place
