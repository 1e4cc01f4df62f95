"""What differs between two configurations."""

from stnctl.config.schema import Config
from stnctl.config.section import Section


def changed_keys(a: Config, b: Config) -> list[str]:
    """Return the dotted keys whose values differ, in the order of the schema.

    A section that only one of the two has, or that is of another kind in the other, counts as one
    key; so does a list.
    """
    return _changed(a, b)


def _changed(a: Section, b: Section) -> list[str]:
    keys = []
    for name in type(a).model_fields:
        ours, theirs = getattr(a, name), getattr(b, name)
        if isinstance(ours, Section) and type(ours) is type(theirs):
            keys += [f"{name}.{inner}" for inner in _changed(ours, theirs)]
        elif ours != theirs:
            keys.append(name)
    return keys
