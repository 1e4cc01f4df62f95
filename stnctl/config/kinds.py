"""Places that take sections of several kinds: the key that names the kind, and its short form.

Such is `data.distortion`: its key `set` names the kind, and the text `R` is short for the section
`{set: R}`. What is said here follows from the JSON Schema: the kinds require one key, which is a
constant in each.
"""

from typing import Any

from stnctl.config.json_schema import Schema, Schemas, alternatives, config_json_schema, inside
from stnctl.config.strict_yaml import KeyPath


def naming_key(schemas: Schemas) -> str | None:
    """Return the key whose value names the kind of a section, or None if there are no kinds."""
    keys = (key for schema in schemas for key in schema.get("required", ()) if kind(schema, key))
    return next(keys, None)


def kind(schema: Schema, key: str | None) -> str | None:
    """Return the name of the kind that ``schema`` describes, or None if it describes none."""
    return schema.get("properties", {}).get(key, {}).get("const")


def fitting(schemas: Schemas, value: Any) -> Schemas:
    """Return the alternatives that ``value`` can mean to meet, by its form.

    For a section, these are the sections of the kind that it names: none if there is no such
    kind. Else they are all but the sections that can be given by name, which is among them.
    """
    key = naming_key(schemas)
    if key is None or not isinstance(value, dict):
        return [schema for schema in schemas if kind(schema, key) is None]
    named = [schema for schema in schemas if kind(schema, key) is not None]
    return [schema for schema in named if kind(schema, key) == value.get(key)]


def spelled_out(value: Any, path: KeyPath) -> Any:
    """Return the section that a text at ``path`` is short for; else ``value`` as it is."""
    key = naming_key(_schemas_at(path)) if isinstance(value, str) else None
    return value if key is None else {key: value}


def is_other_kind(new: dict[str, Any], old: dict[str, Any], path: KeyPath) -> bool:
    """Return whether the section ``new`` at ``path`` is of another kind than ``old``.

    A section that does not name its kind is of any.
    """
    key = naming_key(_schemas_at(path))
    return key in new and new[key] != old.get(key)


def _schemas_at(path: KeyPath) -> Schemas:
    """Return the alternatives for the value at ``path``; empty if there is no such key."""
    root = config_json_schema()
    schemas = alternatives(root, root)
    for part in path:
        schemas = inside(schemas, part, root)
    return schemas
