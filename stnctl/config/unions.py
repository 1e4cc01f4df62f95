"""Tagged unions of sections: one key of a section names its kind.

The name of a kind alone is short for its section with all defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from stnctl.config.section import Section

TAG_START = "<"
"""First letter of the tags in the location of a pydantic error; no key starts with it."""

_NAME, _LIST = "<>", "<[]>"


@dataclass(frozen=True, eq=False)
class TaggedUnion:
    """Metadata that makes a type a tagged union: ``Annotated[A | B, TaggedUnion(...)]``.

    Type checkers use the type; pydantic uses only the attributes of this class. A value is a
    section that names its kind, the name of a kind (short for its section with all defaults), or a
    list, if ``items`` is given.

    The JSON schema is a ``oneOf`` with a ``discriminator`` as in OpenAPI 3.2. ``propertyName`` is
    the key, and ``defaultMapping`` is the default kind, if there is one.

    Attributes:
        key: The key that names the kind. Each section has this key, with its kind as the default.
        kinds: Name of the kind -> its section.
        default: The kind of a section without the key, or None if the key is required.
        items: The type of a list that is allowed in place of a section, or None to reject lists.
    """

    key: str
    kinds: Mapping[str, type[Section]]
    default: str | None = None
    items: Any = None

    def __get_pydantic_core_schema__(
        self, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the union for pydantic."""
        choices: dict[Any, CoreSchema] = {_NAME: self._shorthand()}
        choices |= {
            _tag(name): handler.generate_schema(section) for name, section in self.kinds.items()
        }
        if self.items is not None:
            choices[_LIST] = handler.generate_schema(self.items)
        return core_schema.tagged_union_schema(choices, self._tag_of)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON schema with the discriminator. The default kind does not need the key."""
        found = handler(schema)
        [union] = [found[word] for word in ("oneOf", "anyOf") if word in found]
        if len(self.kinds) == 1:  # messages do not suggest a name alone
            union[0]["errorMessage"] = "a section"
        for name, branch in zip(self.kinds, union[1:], strict=False):  # the first is a name alone
            if name != self.default:
                branch["required"] = [self.key]
        found["discriminator"] = {"propertyName": self.key}
        if self.default is not None:
            found["discriminator"]["defaultMapping"] = self.default
        return found

    def _shorthand(self) -> CoreSchema:
        """Return the schema of the name of a kind, which gives the section with all defaults."""
        names = core_schema.literal_schema(list(self.kinds))
        return core_schema.no_info_after_validator_function(lambda name: self.kinds[name](), names)

    def _tag_of(self, value: Any) -> str:
        if isinstance(value, str):
            return _NAME
        if isinstance(value, list | tuple):
            return _LIST
        if isinstance(value, Mapping):
            return _tag(value.get(self.key, self.default))
        return _tag(getattr(value, self.key, None))


def _tag(name: object) -> str:
    return f"{TAG_START}{name}>"
