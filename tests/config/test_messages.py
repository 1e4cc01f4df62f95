import math

import pytest

from stnctl.config.messages import (
    describe_schemas,
    format_decimal,
    format_path,
    format_value,
    hide_credentials,
    shorten,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (1e-5, "1e-05"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        ("a\nb", "'a\\nb'"),
        ([1, None, ["x"]], "[1, null, ['x']]"),
        ([100_000] * 9, "a list of 9 items"),
        ({"a": 1}, "a section"),
        ("a" * 99, f"'{'a' * 28}…{'a' * 28}'"),
    ],
)
def test_spell_preset(value, text):
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("a", "b", 0, 1), "a.b[0][1]"), (("a b", ""), "'a b'.''"), (("a.b",), "'a.b'")],
)
def test_spell_path_preset(path, text):
    assert format_path(path) == text


@pytest.mark.parametrize(
    ("text", "short"), [("abcdef", "abcdef"), ("abcdefg", "ab…fg"), ("a\tb", "a\\tb")]
)
def test_shorten_preset(text, short):
    assert shorten(text, 6) == short


@pytest.mark.parametrize(
    ("alternatives", "text"),
    [
        ([{"type": "integer"}], "a whole number"),
        ([{"type": "integer", "minimum": 2}], "a whole number of at least 2"),
        ([{"type": "number", "maximum": 2}], "a number at most 2"),
        (
            [{"type": "number", "exclusiveMinimum": 2}, {"type": "null"}],
            "a finite number above 2, or null",
        ),
        ([{"const": "a"}, {"enum": ["b", "c"]}], "'a', or one of b, c"),
        ([{"type": "string"}], "text"),
        ([{"type": "array", "items": {"type": "boolean"}}], "a list of items, each true or false"),
        (
            [{"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}],
            "a list of items, each a whole number or null",
        ),
        (
            [{"type": "array", "title": "[a, b]", "items": {"type": "null"}, "examples": [[1, 2]]}],
            "[a, b], each null, such as [1, 2]",
        ),
        ([{"type": "null"}, {"type": "string"}, {"type": "null"}], "null, or text"),
        ([{"type": "array", "items": {}, "errorMessage": "a list of steps"}], "a list of steps"),
        ([{"type": "null"}, {"not": {}}], ""),
    ],
)
def test_describe_preset(alternatives, text):
    assert describe_schemas(alternatives) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("can't get https://host:80/a/b.npz: gone", "can't get https://host:80/a/b.npz: gone"),
        ("https://me:secret@host/a", "https://***@host/a"),
        ("https://secret@host/a?b=c#d", "https://***@host/a?***"),
        ("https://host/a?token=secret more", "https://host/a?*** more"),
        ("https://host/a#secret", "https://host/a?***"),
        ("https://me:sec/ret@host/a", "https://***@host/a"),
        ("https://me:sec?ret@host/a", "https://***"),
        ("https://host/a?b=me@home&token=secret", "https://***"),
        ("a@b c://d", "a@b c://d"),
    ],
)
def test_hide_credentials_preset(text, shown):
    assert hide_credentials(text) == shown


def test_hide_credentials_of_long_text():
    """The time grows with the length, not with its square."""
    assert hide_credentials("a://" * 300_000 + "@b") == "a://***@b"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (-0.00001, "0.0000"),
        (2.30259, "2.3026"),
        (999_999.0, "999999.0000"),
        (-1e6, "-1.0000e+06"),
        (6e38, "6.0000e+38"),
    ],
)
def test_format_decimal(value, text):
    assert format_decimal(value, 4) == text
