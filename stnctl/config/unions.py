"""Unions of sections told apart by a key, any of which may also be given by its name alone."""

from collections.abc import Mapping
from typing import Any

from pydantic import Discriminator, GetPydanticSchema
from pydantic_core import core_schema

from stnctl.config.section import Section

TAG_OPENS = "<"


def discriminator(key: str) -> Discriminator:
    """Return what tells the branches of a union apart: a name, a list, or the value of ``key``.

    A section must say its ``key``. `TAG_OPENS` tells a tag from a key where an error says its
    place.
    """

    def tag(value: Any) -> str:
        if isinstance(value, str):
            return "<name>"
        if isinstance(value, list | tuple):
            return "<steps>"
        name = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        return f"<{name}>"

    return Discriminator(tag)


def shorthand(kinds: dict[str, type[Section]]) -> GetPydanticSchema:
    """Return what makes a type read one of the names, and give its section with all defaults."""
    names = core_schema.literal_schema(list(kinds))
    read = core_schema.no_info_after_validator_function(lambda name: kinds[name](), names)
    return GetPydanticSchema(lambda _type, _handler: read)
