"""The base class of every section of a config, and the type of a choice by name."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, GetPydanticSchema
from pydantic_core import core_schema


class Section(BaseModel):
    """A section of a config: strict, immutable, without unknown keys."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )


def one_of(names: Iterable[str]) -> GetPydanticSchema:
    """Return the metadata of a field that takes one of ``names``, as a `Literal` of them does.

    For names that a dict or a registry holds: ``Annotated[str, one_of(TRANSFORMS)]``.
    """
    literal = core_schema.literal_schema(list(names))
    return GetPydanticSchema(lambda _type, _handler: literal)
