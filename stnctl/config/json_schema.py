"""The configuration as a JSON Schema, for editors and for the words of messages."""

from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from stnctl.config.schema import Config
from stnctl.config.strict_yaml import KeyPath

Schema = dict[str, Any]
Schemas = list[Schema]

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
EXTENDS = {
    "description": "Another YAML file, relative to this one, whose keys hold where this file does "
    "not say them. Sections merge key by key; lists, and sections of another set, replace.",
    "minLength": 1,
    "type": "string",
}


@cache
def config_json_schema() -> Schema:
    """Return the JSON Schema (draft 7) of a configuration file: one object, not to be changed.

    The docs of the fields are its descriptions. Editors with a YAML language server complete and
    check a file that opens with ``# yaml-language-server: $schema=../schemas/stnctl.schema.json``.
    """
    schema = _to_draft_7(Config.model_json_schema(schema_generator=_WithoutFieldTitles))
    schema["properties"] = {"extends": EXTENDS, **schema["properties"]}
    return {"$schema": DRAFT_7, **schema, "title": "stnctl configuration"}


def alternatives(schema: Schema, root: Schema) -> Schemas:
    """Return the schemas of which a value must meet one, references into ``root`` followed.

    Args:
        schema: A part of ``root``.
        root: What `config_json_schema` returns.
    """
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return alternatives(root["definitions"][name], root)
    branches: Schemas = next((schema[union] for union in _UNIONS if union in schema), [])
    return [leaf for branch in branches for leaf in alternatives(branch, root)] or [schema]


def inside(schemas: Schemas, part: str | int, root: Schema) -> Schemas:
    """Return the alternatives for the value of a key, or for an item of a list.

    Empty if none of ``schemas`` has it.

    Args:
        schemas: What `alternatives` returns for the section or the list.
        part: The key, or the index.
        root: What `config_json_schema` returns.
    """
    found: Schemas = []
    for schema in schemas:
        if isinstance(part, str) and part in schema.get("properties", {}):
            found.append(schema["properties"][part])
        elif isinstance(part, int) and "items" in schema:
            items = schema["items"]
            found.append(items[part] if isinstance(items, list) else items)
    return [leaf for schema in found for leaf in alternatives(schema, root)]


class _WithoutFieldTitles(GenerateJsonSchema):
    """Leaves out the titles that only repeat the names of the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _to_draft_7(node: Any) -> Any:
    """Return a schema of draft 2020-12 in the words of draft 7, its descriptions on one line."""
    if isinstance(node, list):
        return [_to_draft_7(item) for item in node]
    if isinstance(node, str):
        return node.replace("#/$defs/", "#/definitions/")
    if not isinstance(node, dict):
        return node
    draft_7 = {_RENAMED.get(key, key): _to_draft_7(value) for key, value in node.items()}
    if isinstance(draft_7.get("description"), str):
        draft_7["description"] = " ".join(draft_7["description"].split())
    if "$ref" in draft_7 and len(draft_7) > 1:  # draft 7 ignores what stands beside a $ref
        draft_7["allOf"] = [{"$ref": draft_7.pop("$ref")}]
    return draft_7


_UNIONS = ("anyOf", "oneOf", "allOf")
_RENAMED = {"$defs": "definitions", "prefixItems": "items"}


def discriminator_key(schemas: Schemas) -> str | None:
    """Return the key whose value names the kind of a section, or None if there are no kinds."""
    keys = (
        key for schema in schemas for key in schema.get("required", ()) if kind_name(schema, key)
    )
    return next(keys, None)


def kind_name(schema: Schema, key: str | None) -> str | None:
    """Return the name of the kind that ``schema`` describes, or None if it describes none."""
    return schema.get("properties", {}).get(key, {}).get("const")


def matching_schemas(schemas: Schemas, value: Any) -> Schemas:
    """Return the alternatives that ``value`` can mean to meet, by its form.

    For a section, these are the sections of the kind that it names: none if there is no such
    kind. Else they are all but the sections that can be given by name, which is among them.
    """
    key = discriminator_key(schemas)
    if key is None or not isinstance(value, dict):
        return [schema for schema in schemas if kind_name(schema, key) is None]
    named = [schema for schema in schemas if kind_name(schema, key) is not None]
    return [schema for schema in named if kind_name(schema, key) == value.get(key)]


def expand_shorthand(value: Any, path: KeyPath) -> Any:
    """Return the section that a text at ``path`` is short for; else ``value`` as it is."""
    key = discriminator_key(_schemas_at(path)) if isinstance(value, str) else None
    return value if key is None else {key: value}


def is_other_kind(new: dict[str, Any], old: dict[str, Any], path: KeyPath) -> bool:
    """Return whether the section ``new`` at ``path`` is of another kind than ``old``.

    A section that does not name its kind is of any.
    """
    key = discriminator_key(_schemas_at(path))
    return key in new and new[key] != old.get(key)


def _schemas_at(path: KeyPath) -> Schemas:
    """Return the alternatives for the value at ``path``; empty if there is no such key."""
    root = config_json_schema()
    schemas = alternatives(root, root)
    for part in path:
        schemas = inside(schemas, part, root)
    return schemas
