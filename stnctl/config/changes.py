"""What differs between two configurations."""

from typing import Any

from stnctl.config.schema import Config


def changed_keys(a: Config, b: Config) -> list[str]:
    """Return the dotted keys whose values differ, in the order of the schema.

    A section that only one of the two has counts as one key.
    """
    return _changed(a.model_dump(), b.model_dump())


def _changed(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    keys = []
    for name in a:
        if isinstance(a[name], dict) and isinstance(b[name], dict):
            keys += [f"{name}.{inner}" for inner in _changed(a[name], b[name])]
        elif a[name] != b[name]:
            keys.append(name)
    return keys
