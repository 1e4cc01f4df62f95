"""Values of dotted keys of a config, as data and as short texts."""

from typing import Any

from stnctl.config.messages import shorten
from stnctl.config.schema import Config
from stnctl.config.short_form import short_yaml

_MAX_TEXT = 60


def key_value(config: Config, key: str) -> Any:
    """Return the value of a dotted key, such as ``train.epochs``, as plain data.

    The value of a key that only another kind of a section has is None.
    """
    value: Any = config.model_dump(mode="json")
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def key_text(config: Config, key: str) -> str:
    """Return the value of a dotted key as YAML on one line.

    A section is shown by its kind and the keys that differ from their defaults.
    """
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part, None)
    lines = short_yaml({"x": value}).removeprefix("x:").splitlines()
    return shorten(", ".join(line.strip() for line in lines if line.strip()), _MAX_TEXT)
