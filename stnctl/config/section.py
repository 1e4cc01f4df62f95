"""Base class of the sections of a config, and metadata for fields with a fixed set of names."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, GetPydanticSchema
from pydantic_core import core_schema

from stnctl.docstrings import restore_docstring


class Section(BaseModel):
    """Section of a config. It is immutable, and rejects unknown keys and values of other types."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Restore the docstring, which is the description in the JSON Schema."""
        super().__pydantic_init_subclass__(**kwargs)
        restore_docstring(cls)


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that differ from each other; a validator of a list.

    Raises:
        ValueError: If a name is there twice.
    """
    if duplicate := next((name for name in values if values.count(name) > 1), None):
        raise ValueError(f"{duplicate} is there twice")
    return values


def one_of(names: Iterable[str]) -> GetPydanticSchema:
    """Return the metadata of a field whose value must be one of ``names``.

    The field is validated as with a `Literal`, but the names can be those of a dict or a registry:
    ``Annotated[str, one_of(TRANSFORMS)]``.
    """
    literal = core_schema.literal_schema(list(names))
    return GetPydanticSchema(lambda _type, _handler: literal)
