"""Text without quotes that YAML reads as a number or a bool, such as `name: 007`.

At a key for text, the value is the text as it was written.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stnctl.config.json_schema import Schema, schemas_at
from stnctl.config.raw import RawConfig, parse_raw
from stnctl.config.strict_yaml import KeyPath


def parse_layer(text: str, *, where: str) -> RawConfig:
    """Return the result of `parse_raw`, with the texts of `restore_texts`.

    Raises:
        YamlError: As in `parse_raw`.
    """
    layer = parse_raw(text, where=where)
    return replace(layer, data=restore_texts(layer.data, layer.spellings))


def restore_texts(data: Any, spellings: Mapping[KeyPath, str], path: KeyPath = ()) -> Any:
    """Return ``data`` with the texts of the scalars at keys for text.

    Only keys that allow a text, and neither numbers nor bools, are keys for text. A value that is
    no valid text for its key stays as it is, so that the message has the value.

    Args:
        data: Plain data. Its lists and dicts are changed in place.
        spellings: Path in ``data`` -> text of a scalar that was read as a number or a bool.
        path: The path of ``data`` in the config.
    """
    for inner, text in spellings.items():
        if not _is_text(text, (*path, *inner)):
            continue
        if not inner:
            return text
        place = data
        for part in inner[:-1]:
            place = place[part]
        place[inner[-1]] = text
    return data


def _is_text(text: str, path: KeyPath) -> bool:
    schemas = schemas_at(path)
    return (
        all(schema.get("type") in ("string", "null") for schema in schemas)
        and any(map(_takes_any_text, schemas))
        and all(_fits(text, schema) for schema in schemas if _takes_any_text(schema))
    )


def _takes_any_text(schema: Schema) -> bool:
    return schema.get("type") == "string" and schema.keys().isdisjoint({"enum", "const"})


def _fits(text: str, schema: Schema) -> bool:
    in_range = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
    return in_range and re.search(schema.get("pattern", ""), text) is not None
