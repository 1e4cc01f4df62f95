"""The configuration as a JSON Schema, for editors and for the words of messages."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from stnctl.config.schema import Config

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def config_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a configuration file.

    The docs of the fields are its descriptions. Editors with a YAML language server complete and
    check a file that opens with ``# yaml-language-server: $schema=../schemas/stnctl.schema.json``.
    """
    schema = _to_draft_7(Config.model_json_schema(schema_generator=_WithoutFieldTitles))
    return {"$schema": DRAFT_7, **schema, "title": "stnctl configuration"}


def alternatives(schema: dict[str, Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schemas of which a value must meet one, references into ``root`` followed.

    Args:
        schema: A part of ``root``.
        root: What `config_json_schema` returns.
    """
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return alternatives(root["definitions"][name], root)
    branches = schema.get("anyOf") or schema.get("allOf") or []
    return [leaf for branch in branches for leaf in alternatives(branch, root)] or [schema]


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


_RENAMED = {"$defs": "definitions", "prefixItems": "items"}
