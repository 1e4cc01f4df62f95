"""JSON Schema of a config, for editors and for the text of error messages."""

from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from stnctl.config.schema import Config
from stnctl.config.section import Section
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.sweep_section import SweepConfig

Schema = dict[str, Any]
Schemas = list[Schema]

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
EXTENDS = {
    "description": "Another YAML file, relative to this one, with the values of all keys that this "
    "file does not give. Sections merge key by key; lists, and sections of another set, replace.",
    "minLength": 1,
    "type": "string",
}


@cache
def config_json_schema() -> Schema:
    """Return the JSON Schema (draft 7) of a config file.

    Every call returns the same dict, so callers must not change it. The docstrings of the sections
    and fields are the descriptions in the schema. Editors with a YAML language server complete and
    check a file whose first line is
    ``# yaml-language-server: $schema=../schemas/stnctl.schema.json``.
    """
    schema = section_json_schema(Config)
    schema["properties"] = {"extends": EXTENDS, **schema["properties"]}
    return {"$schema": DRAFT_7, **schema, "title": "stnctl config"}


@cache
def sweep_json_schema() -> Schema:
    """Return the JSON Schema (draft 7) of a sweep file; see `config_json_schema`."""
    return {"$schema": DRAFT_7, **section_json_schema(SweepConfig), "title": "stnctl sweep"}


def section_json_schema(section: type[Section]) -> Schema:
    """Return the JSON Schema (draft 7) of a section."""
    schema: Schema = _to_draft_7(section.model_json_schema(schema_generator=_WithoutFieldTitles))
    return schema


class _WithoutFieldTitles(GenerateJsonSchema):
    """A generator that leaves out the titles of fields, which repeat the names of the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _to_draft_7(node: Any) -> Any:
    """Return a schema of draft 2020-12 in the keywords of draft 7, each description on one line."""
    if isinstance(node, list):
        return [_to_draft_7(item) for item in node]
    if isinstance(node, str):
        return node.replace("#/$defs/", "#/definitions/")
    if not isinstance(node, dict):
        return node
    draft_7 = {_RENAMED.get(key, key): _to_draft_7(value) for key, value in node.items()}
    if isinstance(draft_7.get("description"), str):
        draft_7["description"] = " ".join(draft_7["description"].split())
    if "$ref" in draft_7 and len(draft_7) > 1:  # draft 7 ignores the keywords beside a $ref
        draft_7["allOf"] = [{"$ref": draft_7.pop("$ref")}]
    return draft_7


_UNIONS = ("anyOf", "oneOf", "allOf")
_RENAMED = {"$defs": "definitions", "prefixItems": "items"}


def alternatives(schema: Schema, root: Schema) -> Schemas:
    """Return the alternative schemas of a value: a valid value matches at least one.

    References and unions are resolved. In a tagged union, the schema of each section gets the
    ``discriminator`` of the union.

    Args:
        schema: A part of ``root``.
        root: The schema with the definitions, as `config_json_schema` returns it.
    """
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return alternatives(root["definitions"][name], root)
    branches: Schemas = next((schema[union] for union in _UNIONS if union in schema), [])
    leaves = [leaf for branch in branches for leaf in alternatives(branch, root)]
    if "discriminator" not in schema:
        return leaves or [schema]
    key = schema["discriminator"]["propertyName"]
    return [
        {"discriminator": schema["discriminator"], **leaf} if _constant(leaf, key) else leaf
        for leaf in leaves
    ]


def inside(schemas: Schemas, part: str | int, root: Schema) -> Schemas:
    """Return the alternative schemas of the value of a key, or of an item of a list.

    The result is empty if none of ``schemas`` has the key or the item.

    Args:
        schemas: The alternative schemas of the section or the list.
        part: The key or the index.
        root: The schema with the definitions, as `config_json_schema` returns it.
    """
    return [leaf for schema in _fields(schemas, part) for leaf in alternatives(schema, root)]


def _fields(schemas: Schemas, part: str | int) -> Schemas:
    """Return the unresolved schemas of a key or an item, which have the default of the key."""
    found: Schemas = []
    for schema in schemas:
        if isinstance(part, str) and part in schema.get("properties", {}):
            found.append(schema["properties"][part])
        elif isinstance(part, str):
            further = schema.get("additionalProperties")
            found += [further] if isinstance(further, dict) else []
        elif isinstance(part, int) and "items" in schema:
            items = schema["items"]
            if not isinstance(items, list):
                found.append(items)
            elif part < len(items):
                found.append(items[part])
    return found


def discriminator_key(schemas: Schemas) -> str | None:
    """Return the key that names the kind of a section, or None if there are no kinds."""
    keys = (
        schema["discriminator"]["propertyName"] for schema in schemas if "discriminator" in schema
    )
    return next(keys, None)


def default_kind(schemas: Schemas) -> str | None:
    """Return the kind of a section that does not name its kind, or None if the kind is required."""
    kinds = (schema["discriminator"].get("defaultMapping") for schema in _sections(schemas))
    return next(kinds, None)


def kind_name(schema: Schema) -> str | None:
    """Return the name of the kind that ``schema`` describes; None outside of tagged unions."""
    if "discriminator" not in schema:
        return None
    return _constant(schema, schema["discriminator"]["propertyName"])


def kind_names(schemas: Schemas) -> list[str]:
    """Return the names of the kinds in ``schemas``, in the same order."""
    return [name for schema in schemas if (name := kind_name(schema)) is not None]


def matching_schemas(schemas: Schemas, value: Any) -> Schemas:
    """Return the alternatives that fit the form of ``value``, which may be invalid.

    In a tagged union, a section fits the schema of its kind, or no schema if its kind is unknown.
    Any other value fits the other alternatives, such as the schema of a name alone. Without a
    tagged union, all alternatives are returned.
    """
    key = discriminator_key(schemas)
    if key is None or not isinstance(value, dict):
        return [schema for schema in schemas if kind_name(schema) is None]
    kind = value.get(key, default_kind(schemas))
    return [schema for schema in _sections(schemas) if kind_name(schema) == kind]


def expand_shorthand(value: Any, path: KeyPath) -> Any:
    """Return ``value`` at ``path``; a name alone is replaced by its section, such as ``{set: R}``.

    A name alone is any text at the path of a tagged union.
    """
    key = discriminator_key(schemas_at(path)) if isinstance(value, str) else None
    return value if key is None else {key: value}


def is_other_kind(new: dict[str, Any], old: dict[str, Any], path: KeyPath) -> bool:
    """Return whether ``new`` names another kind than the section ``old``, both at ``path``."""
    schemas = schemas_at(path)
    key = discriminator_key(schemas)
    return key in new and new[key] != old.get(key, default_kind(schemas))


def find_key(path: KeyPath, data: Any) -> Schemas:
    """Return the schemas of the key or item at ``path``, each with its default, if it has one.

    The result is empty if there is no such key or item. In a tagged union, only the kind of the
    section in ``data`` is searched.

    Args:
        path: The key or item.
        data: The config as plain data, with every section and list above ``path``.
    """
    root = config_json_schema()
    schemas = alternatives(root, root)
    for part in path[:-1]:
        schemas = inside(matching_schemas(schemas, data), part, root)
        data = data[part]
    return _fields(matching_schemas(schemas, data), path[-1])


def schemas_at(path: KeyPath) -> Schemas:
    """Return the alternative schemas of the value at ``path``, or none for an unknown key."""
    root = config_json_schema()
    schemas = alternatives(root, root)
    for part in path:
        schemas = inside(schemas, part, root)
    return schemas


def _sections(schemas: Schemas) -> Schemas:
    """Return the schemas that describe a kind of a tagged union."""
    return [schema for schema in schemas if kind_name(schema) is not None]


def _constant(schema: Schema, key: str) -> str | None:
    """Return the only value that a key can have, or None if it can have several."""
    value: str | None = schema.get("properties", {}).get(key, {}).get("const")
    return value
