"""Random texts that resemble a configuration: keys of the schema, valid and invalid values."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from stnctl.config.json_schema import config_json_schema
from stnctl.config.load import parse_config
from tests.config.strategies import TRICKY_TEXTS

CONFIGS = Path(__file__).resolve().parents[2] / "configs"

WORDS = (
    *("null", "true", "0", "1", "-1", "3", "0.5", "1e-3", "1e400", "-0.0", "9" * 30),
    *("0x10", "2**3", "[]", "{}"),
    *("[1, 2]", "[32, 64]", "[[0, 1], [null, 2]]", "{a: 1}", "{filters: [4]}", "- 1"),
    *("RTS", "affine", "residual", "adam", "cosine", "300 seconds", "20 steps", "test", "mnist"),
    *("{rotate: {degrees: [-45, 45]}}", "[{shift: {distance: [0, 4]}}]", "!!python/object:os.x"),
    *("*a", "&a [*a]", "<<: {}", "extends: other.yaml", '"\\ud800"', '"\\0"'),
    *("[" * 40, "{a: " * 40),
    *TRICKY_TEXTS,
)
SIGNS = (*(": ", ":", "\n", "\n  ", "- "), *"[]{}", ", ", *"#'\"", "|\n", "\t", "---\n")
TOKENS = tuple(word.encode() for word in (*WORDS, *SIGNS))


def _keys(node: dict[str, Any], root: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield all dotted keys of a JSON Schema."""
    if "$ref" in node:
        node = root["definitions"][node["$ref"].rsplit("/", 1)[-1]]
    for part in [part for joint in ("allOf", "anyOf", "oneOf") for part in node.get(joint, [])]:
        yield from _keys(part, root, path)
    for name, child in node.get("properties", {}).items():
        yield ".".join((*path, name))
        if len(path) < 4:
            yield from _keys(child, root, (*path, name))


KEYS = tuple(dict.fromkeys(_keys(config_json_schema(), config_json_schema(), ())))


def _values(section: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield each dotted key of plain data with its value as JSON, which is YAML too."""
    for key, value in section.items():
        yield ".".join((*path, key)), json.dumps(value)
        if isinstance(value, dict):
            yield from _values(value, (*path, key))


FITTING = dict(
    _values(parse_config("model: {transformer: {}}", where="text").model_dump(mode="json"))
)


def _value(rng: Random, key: str) -> str:
    return FITTING[key] if key in FITTING and rng.random() < 0.6 else rng.choice(WORDS)


def override(rng: Random) -> str:
    """Return ``key=value``, often with a valid value."""
    key = rng.choice(KEYS)
    if rng.random() < 0.1:
        key += rng.choice((".x", ".", "", ".0", "s", " ")) + rng.choice(("", ".y"))
    return f"{key}{rng.choice('========: ')}{_value(rng, key)}"


def document(rng: Random) -> str:
    """Return a YAML text of one to six keys in their sections."""
    lines = []
    for _ in range(rng.randint(1, 6)):
        *sections, key = rng.choice(KEYS).split(".")
        for depth, section in enumerate(sections):
            lines.append(f"{'  ' * depth}{section}:")
        lines.append(f"{'  ' * len(sections)}{key}: {_value(rng, '.'.join((*sections, key)))}")
    return "\n".join(lines) + "\n"
