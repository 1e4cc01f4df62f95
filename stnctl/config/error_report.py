"""What is wrong with a configuration: one line per error, in the order of the text."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stnctl.config.json_schema import (
    Schema,
    Schemas,
    alternatives,
    config_json_schema,
    discriminator_key,
    inside,
    kind_name,
    matching_schemas,
)
from stnctl.config.messages import describe_schemas, format_path, format_value
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.unions import TAG_OPENS
from stnctl.errors import did_you_mean

_POINT_INSIDE = ("missing", "extra_forbidden")
_SAID_BY_VALIDATORS = ("value_error", "assertion_error")
_NONE = "none"
"""What says that there is nothing, where null does not."""


def explain_validation(error: ValidationError, data: Any, origins: dict[KeyPath, str]) -> list[str]:
    """Return the errors of a configuration as ``origin: path: problem``, one line each.

    Args:
        error: What the validation of ``data`` raised.
        data: The configuration as plain data.
        origins: Where each key was given, ordered; the empty path must be among them.
    """
    root = config_json_schema()
    problems: dict[KeyPath, str] = {}
    for detail in error.errors(include_url=False, include_context=False):
        path, problem = _problem(detail, _locate(detail, data, root))
        problems.setdefault(path, problem)
    rank = {path: index for index, path in enumerate(origins)}
    ordered = sorted(problems, key=lambda path: rank[_nearest(path, origins)])
    return [_line(path, problems[path], origins) for path in ordered]


class _Spot(NamedTuple):
    """What is wrong: a key or an item, and the schemas of what belongs there."""

    path: KeyPath
    value: Any
    schemas: Schemas


def _locate(detail: ErrorDetails, data: Any, root: Schema) -> _Spot:
    """Return the key or item that is wrong; the section around it if the key is unknown.

    pydantic's own location goes on into the branches of a union, names the tags of one whose
    branches are told apart, and points at items that a list lacks (keys can't be missing, all
    have defaults).
    """
    location = detail["loc"]
    if detail["type"] in _POINT_INSIDE:
        location = location[:-1]
    spot = _Spot((), data, alternatives(root, root))
    for part in location:
        inner = inside(matching_schemas(spot.schemas, spot.value), part, root)
        if inner:
            spot = _Spot((*spot.path, part), spot.value[part], inner)
        elif not str(part).startswith(TAG_OPENS):
            break
    return spot


def _problem(detail: ErrorDetails, spot: _Spot) -> tuple[KeyPath, str]:
    """Return the path to tell of, and what is wrong there."""
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        return (*spot.path, key), _unknown_key(key, spot)
    schemas = matching_schemas(spot.schemas, spot.value)
    if not schemas:
        return _unknown_kind(spot)
    if detail["type"] in _SAID_BY_VALIDATORS or not describe_schemas(schemas):
        return spot.path, detail["msg"].removeprefix("Value error, ")
    return spot.path, _unfit(spot.value, schemas)


def _unfit(value: Any, schemas: Schemas) -> str:
    return f"expected {describe_schemas(schemas)}, got {format_value(value)}{_suggestion(value, schemas)}"


def _suggestion(value: Any, schemas: Schemas) -> str:
    if isinstance(value, str):
        return did_you_mean(value, _choices(schemas))
    return f", write {_NONE} for none" if value is None and _NONE in _choices(schemas) else ""


def _unknown_kind(spot: _Spot) -> tuple[KeyPath, str]:
    key = discriminator_key(spot.schemas) or ""
    names = [name for schema in spot.schemas if (name := kind_name(schema, key))]
    kinds = {"enum": names}
    if key in spot.value:
        return (*spot.path, key), _unfit(spot.value[key], [kinds])
    for name in spot.value:
        if name in names:
            return spot.path, f"the key {key} is missing, write {{{key}: {name}, ...}}"
    return spot.path, f"the key {key} is missing, expected {describe_schemas([kinds])}"


def _unknown_key(key: str, spot: _Spot) -> str:
    if owners := [schema for schema in spot.schemas if key in schema.get("properties", {})]:
        naming = discriminator_key(spot.schemas)
        kinds = " or ".join(str(kind_name(schema, naming)) for schema in owners)
        return f"unknown key here, {key} belongs to the {naming} {kinds}"
    sections = matching_schemas(spot.schemas, spot.value)
    known = [name for schema in sections for name in schema.get("properties", {})]
    if suggestion := did_you_mean(key, known):
        return f"unknown key{suggestion}"
    ends = [path for path in _all_keys() if f".{path}".endswith(f".{key}")]
    if ends:
        homes = dict.fromkeys(path.rpartition(".")[0] or "the top level" for path in ends)
        return f"unknown key here, {key.rpartition('.')[2]} belongs in {' or '.join(homes)}"
    return f"unknown key, expected one of {', '.join(known)}"


@cache
def _all_keys() -> tuple[str, ...]:
    root = config_json_schema()
    return tuple(_dotted_keys(root, root))


def _dotted_keys(schema: Schema, root: Schema) -> Iterator[str]:
    for branch in alternatives(schema, root):
        for name, inner in branch.get("properties", {}).items():
            yield name
            yield from (f"{name}.{rest}" for rest in _dotted_keys(inner, root))


def _choices(schemas: Schemas) -> list[str]:
    constants = [schema["const"] for schema in schemas if "const" in schema]
    return constants + [word for schema in schemas for word in schema.get("enum", [])]


def _nearest(path: KeyPath, origins: dict[KeyPath, str]) -> KeyPath:
    return next(path[:end] for end in range(len(path), -1, -1) if path[:end] in origins)


def _line(path: KeyPath, problem: str, origins: dict[KeyPath, str]) -> str:
    origin, name = origins[_nearest(path, origins)], format_path(path)
    parts = [origin, problem] if origin.startswith(f"--set {name}=") else [origin, name, problem]
    return ": ".join(part for part in parts if part)
