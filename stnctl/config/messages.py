"""Text of values, paths and expectations in messages, each on one line."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

MAX_LIST = 40
MAX_TEXT = 60
_LARGE = 1e6

_NOT_VISIBLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters of terminals and of text direction, and surrogates; not the newline."""

_URL, _QUERY = re.compile(r"://(\S*)"), re.compile(r"[?#]")


def format_value(value: Any) -> str:
    """Return plain data as text for a message, on one line and shortened if it is long.

    Numbers, null and lists are written as in YAML. A dict is written as "a section".
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return str(value).replace("inf", ".inf").replace("nan", ".nan")
        case list():
            items = f"[{', '.join(map(format_value, value))}]"
            return items if len(items) <= MAX_LIST else f"a list of {len(value)} items"
        case dict():
            return "a section"
    return shorten(repr(value), MAX_TEXT)


def format_decimal(value: float, digits: int) -> str:
    """Return a number with some decimal digits; in scientific notation from ±`_LARGE`."""
    return f"{value:z.{digits}{'f' if abs(value) < _LARGE else 'e'}}"


def format_path(path: Sequence[str | int]) -> str:
    """Return ``path`` as text, such as ``model.classifier.filters[0]``."""
    text = "".join(
        f"[{part}]" if isinstance(part, int) else f".{_spell_key(part)}" for part in path
    )
    return text.removeprefix(".")


def shorten(text: str, limit: int) -> str:
    """Return ``text`` on one line, with "…" for its middle if it is longer than ``limit``.

    Characters that can't be printed are escaped.
    """
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    half = (limit - 1) // 2
    return line if len(line) <= limit else f"{line[:half]}…{line[-half:]}"


def visible(text: str) -> str:
    r"""Return ``text`` with control characters and surrogates as escapes, such as ``\x1b``."""
    return _NOT_VISIBLE.sub(_escape, text)


def hide_credentials(text: str) -> str:
    """Return ``text`` with *** for the user names, passwords and queries of the URLs in it."""
    return _URL.sub(lambda url: f"://{_without_credentials(url[1])}", text)


def _without_credentials(address: str) -> str:
    """Return the part of a URL after ``://``: host and path as they are, *** for the rest."""
    plain, *query = _QUERY.split(address, maxsplit=1)
    before, at, place = plain.rpartition("@")
    if not at and "@" in address:  # a query, or a password with a "?"
        return "***"
    return f"{'***' if before else ''}{at}{place}{'?***' if query else ''}"


def describe_schemas(alternatives: Sequence[dict[str, Any]]) -> str:
    """Return a description of the values that some JSON schemas allow.

    An example is "a number from 0 to 1". The result is empty if any of the schemas has no
    description.

    Args:
        alternatives: The schemas, without references. A value has to meet one of them.
    """
    descriptions = dict.fromkeys(map(_describe_one, alternatives))
    return ", or ".join(descriptions) if all(descriptions) else ""


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x80 else f"\\u{number:04x}"


def _describe_one(schema: dict[str, Any]) -> str:
    if "errorMessage" in schema:
        return str(schema["errorMessage"])
    if "anyOf" in schema:
        return " or ".join(map(_describe_one, schema["anyOf"]))
    if "const" in schema:
        return format_value(schema["const"])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    describe_kind = _KINDS.get(schema.get("type", ""))
    return describe_kind(schema) if describe_kind else ""


def _describe_float(schema: dict[str, Any]) -> str:
    has_upper_bound = not schema.keys().isdisjoint({"maximum", "exclusiveMaximum"})
    return _describe_number("a number" if has_upper_bound else "a finite number", schema)


def _describe_number(noun: str, schema: dict[str, Any]) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f"{noun} from {schema['minimum']} to {schema['maximum']}"
    bounds = [f"{words} {schema[bound]}" for bound, words in _BOUNDS.items() if bound in schema]
    return f"{noun} {' and '.join(bounds)}".rstrip()


def _describe_list(schema: dict[str, Any]) -> str:
    least, most = schema.get("minItems"), schema.get("maxItems")
    count = "" if most is None else f"{most} " if least == most else f"at most {most} "
    items = schema["items"] if isinstance(schema["items"], list) else [schema["items"]]
    kinds = [kind for kind in dict.fromkeys(map(_describe_one, items)) if kind]
    form = schema.get("title", f"a list of {count}items")
    examples = "".join(
        f", such as {format_value(example)}" for example in schema.get("examples", ())
    )
    each = f", each {' or '.join(kinds)}" if kinds else ""
    return f"{form}{each}{examples}"


def _spell_key(key: str) -> str:
    return shorten(key if key.isidentifier() else repr(key), MAX_TEXT)


_BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "of at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}

_KINDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "null": lambda _: "null",
    "boolean": lambda _: "true or false",
    "integer": lambda schema: _describe_number("a whole number", schema),
    "number": _describe_float,
    "string": lambda schema: schema.get("patternErrorMessage", "text"),
    "array": _describe_list,
    "object": lambda schema: f"a section with the keys {', '.join(schema.get('properties', {}))}",
}
