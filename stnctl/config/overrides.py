"""Overrides: `--set a.b=c` puts a value into a configuration's data before it is validated."""

from collections.abc import Sequence
from typing import Any

from stnctl.config.json_schema import expand_shorthand
from stnctl.config.messages import format_path, format_value, shorten
from stnctl.config.strict_yaml import MAX_DEPTH, KeyPath, YamlError, parse_yaml
from stnctl.errors import ConfigError

MAX_LABEL = 120
FORM = "expected KEY=VALUE, such as train.epochs=5"


def apply_overrides(
    data: dict[str, Any], origins: dict[KeyPath, str], overrides: Sequence[str]
) -> list[str]:
    """Put the values of ``overrides`` into ``data``, and note in ``origins`` where they are from.

    Sections that are missing or null on the way are made, and texts that are short for a section
    are spelled out. The last of two values wins.

    Args:
        data: The configuration as plain data, changed in place.
        origins: Where each key was given, ordered; changed in place.
        overrides: Each ``key=value``, the key dotted, the value a scalar, or a list or map in
            brackets, in YAML.

    Returns:
        The errors, one line for each override that could not be applied.
    """
    problems = []
    for override in overrides:
        label = f"--set {shorten(override, MAX_LABEL)}"
        try:
            path, value = parse_override(override)
            _put(data, origins, path, value, label)
        except ConfigError as error:
            problems.append(f"{label}: {error}")
    return problems


def parse_override(override: str) -> tuple[tuple[str, ...], Any]:
    """Return the path and the value of ``key=value``.

    Raises:
        ConfigError: If there is no key or no ``=``, if a part of the key is empty, or if the value
            is not YAML on one line.
    """
    key, equals, text = override.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals or not key.strip():
        raise ConfigError(FORM)
    if not key.isprintable():
        raise ConfigError(f"the key holds what can't be printed, {FORM}")
    if not all(path):
        raise ConfigError(f"a part of the key is empty, {FORM}")
    if len(path) > MAX_DEPTH:
        raise ConfigError(f"a key of {len(path)} parts, {FORM}")
    return path, _parse_value(text)


def _parse_value(text: str) -> Any:
    try:
        value = parse_yaml(text, where="value").data
    except YamlError as error:
        raise ConfigError(f"the value is not valid YAML: {error.problem}") from error
    if isinstance(value, list | dict) and not text.lstrip().startswith(("[", "{")):
        raise ConfigError("expected a single value, [a, list] or {a: map}; put text in quotes")
    return value


def _put(
    data: dict[str, Any], origins: dict[KeyPath, str], path: tuple[str, ...], value: Any, label: str
) -> None:
    if path[0] == "extends":
        raise ConfigError("extends belongs in a file, and can't be set")
    *sections, key = path
    for depth, name in enumerate(sections, start=1):
        if data.get(name) is None:
            data[name] = {}
            _note(origins, path[:depth], label)
        data[name] = expand_shorthand(data[name], path[:depth])
        data = data[name]
        if not isinstance(data, dict):
            raise ConfigError(
                f"{format_path(path[:depth])} is not a section but {format_value(data)}"
            )
    data[key] = value
    _note(origins, path, label)


def _note(origins: dict[KeyPath, str], path: KeyPath, label: str) -> None:
    """Let ``label`` be the origin of what lies at ``path``, after all others."""
    for replaced in [other for other in origins if other[: len(path)] == path]:
        del origins[replaced]
    origins[path] = label
