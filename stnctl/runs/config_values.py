"""Values of the configuration of a run, by dotted keys."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from stnctl.errors import StnctlError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.summary import RunSummary

MISSING = object()
"""Value of a key that a configuration does not have."""

_KINDS = ("set", "network", "layer", "schedule", "step")
"""Keys that name the kind of a section."""


def config_value(run: RunSummary, key: str) -> Any:
    """Return the value of a dotted key, such as ``train.epochs`` or ``data.distortion.0.step``.

    A run of an earlier version has the default of a key that is newer.
    """
    value, section = _value(run.config, key)
    if value is MISSING and section and run.config:
        return _value(_complete(run.path), key)[0]
    return value


def names_kind(run: RunSummary, key: str, name: Any) -> bool:
    """Return whether the section at a key is of the named kind, such as ``data.distortion=RTS``."""
    section = config_value(run, key)
    if not any(kind in section for kind in _KINDS):
        section, _ = _value(_complete(run.path), key)
    kinds = [section.get(kind) for kind in _KINDS] if isinstance(section, dict) else []
    return isinstance(name, str) and name in kinds


def all_keys(run: RunSummary) -> Iterator[str]:
    """Yield the dotted keys of the configuration, without those in lists."""
    yield from _keys(run.config, "")


def _value(config: Any, key: str) -> tuple[Any, bool]:
    """Return the value of a key, and whether it is or would be in a section, not in a list."""
    value = config
    for part in key.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING, isinstance(value, dict)
    return value, True


def _keys(section: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, value in section.items():
        yield f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{name}.")


@cache
def _complete(path: Path) -> dict[str, Any]:
    """Return the configuration with the defaults of the schema, {} if it is not valid."""
    from stnctl.config.load import load_resolved

    try:
        config = load_resolved(RunDirectory(path).config)
    except StnctlError:
        return {}
    return config.model_dump(mode="json")
