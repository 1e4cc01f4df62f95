"""Random texts that resemble a configuration: keys of the schema, valid and invalid values."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from stnctl.config.json_schema import config_json_schema
from stnctl.config.load import parse_config
from stnctl.config.strict_yaml import parse_yaml
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


LISTS = """
data:
  distortion: [{step: rotate, degrees: [-9, 9]}, {step: shift, distance: [0, 4]}, {step: scale}]
model:
  transformer: {head: bounded, bounds: BOUNDS, localization: {filters: [4, 8]}}
  classifier: {filters: [4, 8]}
""".replace("BOUNDS", "[[0, 2], [-1, 1], [-1, 1], [-1, 1], [0, 2], [-1, 1]]")
"""A config with lists, whose items overrides set."""

DEPTHS = (0, 0, 1, 1, 2, 3, 40)
INDICES = (*"0123", "-1", "01", "00", "1.5", "9" * 9, "9" * 30, "٣", "", " 1", "1 ", "x")


def item_override(rng: Random) -> str:
    """Return ``key=value`` for a path through the lists of `LISTS`, as it is or with an error."""
    path = list(rng.choice(PATHS))
    if rng.random() < 0.2:
        path.insert(rng.randint(0, len(path)), rng.choice((*INDICES, *KEYS)))
    parts = [rng.choice(INDICES) if rng.random() < 0.1 else str(part) for part in path]
    key = parts[0] + "".join(_joined(rng, part) for part in parts[1:])
    number = rng.choice((str(rng.randint(1, 9)), f"{rng.uniform(0, 9):.2g}"))
    value = number if rng.random() < 0.5 else nested(rng, rng.choice(DEPTHS))
    return f"{key}={value}"


def nested(rng: Random, depth: int) -> str:
    """Return YAML with lists and maps in brackets, up to ``depth`` levels."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice((*WORDS, *FITTING.values(), *"0123456789"))
    inner = [nested(rng, depth - 1) for _ in range(rng.choice((0, 1, 1, 2)) if depth < 9 else 1)]
    if rng.random() < 0.5:
        return f"[{', '.join(inner)}]"
    keys = [rng.choice(KEYS).rpartition(".")[2] for _ in inner]
    return "{" + ", ".join(f"{key}: {value}" for key, value in zip(keys, inner, strict=True)) + "}"


def _joined(rng: Random, part: str) -> str:
    return f"[{part}]" if rng.random() < (0.5 if part.isdecimal() else 0.05) else f".{part}"


def _paths(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of all values of plain data."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _paths(value, (*path, key))


PATHS = tuple(_paths(parse_yaml(LISTS, where="text").data))


def document(rng: Random) -> str:
    """Return a YAML text of one to six keys in their sections."""
    lines = []
    for _ in range(rng.randint(1, 6)):
        *sections, key = rng.choice(KEYS).split(".")
        for depth, section in enumerate(sections):
            lines.append(f"{'  ' * depth}{section}:")
        lines.append(f"{'  ' * len(sections)}{key}: {_value(rng, '.'.join((*sections, key)))}")
    return "\n".join(lines) + "\n"
