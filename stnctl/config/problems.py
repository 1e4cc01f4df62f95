"""What is wrong with a configuration: one line per error, in the order of the text."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stnctl.config.json_schema import alternatives, config_json_schema
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.wording import describe, spell, spell_path
from stnctl.errors import did_you_mean

Schemas = list[dict[str, Any]]
_SAID_BY_VALIDATORS = ("value_error", "assertion_error")


def explain(error: ValidationError, data: Any, origins: dict[KeyPath, str]) -> list[str]:
    """Return the errors of a configuration as ``origin: path: problem``, one line each.

    Args:
        error: What the validation of ``data`` raised.
        data: The configuration as plain data.
        origins: Where each key was given, ordered; the empty path must be among them.
    """
    root = config_json_schema()
    problems: dict[KeyPath, str] = {}
    for detail in error.errors(include_url=False, include_context=False):
        path, schemas = _locate(detail, root)
        problems.setdefault(path, _problem(detail, schemas, _value_at(data, path), root))
    rank = {path: index for index, path in enumerate(origins)}
    ordered = sorted(problems, key=lambda path: rank[_nearest(path, origins)])
    return [_line(path, problems[path], origins) for path in ordered]


def _locate(detail: ErrorDetails, root: dict[str, Any]) -> tuple[KeyPath, Schemas]:
    """Return the path of the key or item that is wrong, and the schemas of what belongs there.

    pydantic's own location goes on into the branches of a union, and points at items that a list
    lacks (keys can't be missing, all have defaults). For an unknown key, the schemas are those of
    the section around it.
    """
    location = detail["loc"]
    if detail["type"] == "missing":
        location = location[:-1]
    path: KeyPath = ()
    schemas = alternatives(root, root)
    for part in location:
        inner = [leaf for schema in _inside(schemas, part) for leaf in alternatives(schema, root)]
        if not inner:
            break
        path, schemas = (*path, part), inner
    return (location if detail["type"] == "extra_forbidden" else path), schemas


def _inside(schemas: Schemas, part: str | int) -> Iterator[dict[str, Any]]:
    for schema in schemas:
        if isinstance(part, str) and part in schema.get("properties", {}):
            yield schema["properties"][part]
        elif isinstance(part, int) and "items" in schema:
            items = schema["items"]
            yield items[part] if isinstance(items, list) else items


def _problem(detail: ErrorDetails, schemas: Schemas, value: Any, root: dict[str, Any]) -> str:
    if detail["type"] == "extra_forbidden":
        return _unknown_key(str(detail["loc"][-1]), schemas, root)
    expected = describe(schemas)
    if not expected or detail["type"] in _SAID_BY_VALIDATORS:
        return detail["msg"].removeprefix("Value error, ")
    suggestion = did_you_mean(value, _choices(schemas)) if isinstance(value, str) else ""
    return f"expected {expected}, got {spell(value)}{suggestion}"


def _unknown_key(key: str, schemas: Schemas, root: dict[str, Any]) -> str:
    known = [name for schema in schemas for name in schema.get("properties", {})]
    if suggestion := did_you_mean(key, known):
        return f"unknown key{suggestion}"
    ends = [path for path in _dotted_keys(root, root) if f".{path}".endswith(f".{key}")]
    if ends:
        sections = [path.rpartition(".")[0] or "the top level" for path in ends]
        return f"unknown key here, {key.rpartition('.')[2]} belongs in {' or '.join(sections)}"
    return f"unknown key, expected one of {', '.join(known)}"


def _dotted_keys(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    for branch in alternatives(schema, root):
        for name, inner in branch.get("properties", {}).items():
            yield name
            yield from (f"{name}.{rest}" for rest in _dotted_keys(inner, root))


def _choices(schemas: Schemas) -> list[str]:
    constants = [schema["const"] for schema in schemas if "const" in schema]
    return constants + [word for schema in schemas for word in schema.get("enum", [])]


def _value_at(data: Any, path: KeyPath) -> Any:
    for part in path:
        data = data[part]
    return data


def _nearest(path: KeyPath, origins: dict[KeyPath, str]) -> KeyPath:
    return next(path[:end] for end in range(len(path), -1, -1) if path[:end] in origins)


def _line(path: KeyPath, problem: str, origins: dict[KeyPath, str]) -> str:
    origin, name = origins[_nearest(path, origins)], spell_path(path)
    parts = [origin, problem] if origin.startswith(f"--set {name}=") else [origin, name, problem]
    return ": ".join(part for part in parts if part)
