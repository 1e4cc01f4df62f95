"""Overrides: ``--set a.b=c`` sets a value in the data of a config before the validation."""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from stnctl.config.extends import KEY as EXTENDS
from stnctl.config.json_schema import expand_shorthand, find_key
from stnctl.config.messages import format_path, format_value, shorten
from stnctl.config.migrations import KEY as SCHEMA_VERSION
from stnctl.config.raw import Origin, RawConfig
from stnctl.config.strict_yaml import MAX_DEPTH, KeyPath, YamlError, parse_yaml
from stnctl.config.text_values import restore_texts
from stnctl.errors import ConfigError, ConfigProblem

MAX_LABEL = 120
FORM = "expected KEY=VALUE, such as train.epochs=5"

_INDEX = r"-?(?:0|[1-9][0-9]{0,8})"
_PART = re.compile(rf"([^\[\]]*)((?:\[{_INDEX}\])*)")


def apply_overrides(raw: RawConfig, overrides: Sequence[str]) -> tuple[ConfigProblem, ...]:
    """Set the values of overrides in a config, in their order. Each override is the new origin.

    If a section on the path of a key is missing or null, an empty one is created. If a list is
    missing or null, its default is created. A name that is short for a section is expanded.

    Args:
        raw: The config, whose data is a dict. It is changed in place.
        overrides: Texts ``key=value``. The key is dotted; an item of a list is ``a.0`` or ``a[0]``.
            The value is YAML: a scalar, or a list or a map in brackets.

    Returns:
        The problems of the overrides that could not be applied, in the order of the overrides.
    """
    problems: list[ConfigProblem] = []
    for override in overrides:
        label = f"--set {shorten(override, MAX_LABEL)}"
        try:
            path, value = parse_override(override)
            put_value(raw, path, value, Origin(label, path))
        except ConfigError as error:
            problems += [replace(problem, origin=label) for problem in error.problems]
    return tuple(problems)


def parse_override(override: str) -> tuple[KeyPath, Any]:
    """Return the path and the value of an override ``key=value``.

    Raises:
        ConfigError: If there is no key or no ``=``, if a part of the key is empty, if the key has
            too many parts or a character that can't be printed, or if the value is not valid.
    """
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise ConfigError(FORM)
    path = parse_key(key)
    return path, _parse_value(text, path)


def parse_key(key: str) -> KeyPath:
    """Return the path of a dotted key, such as ``model.classifier.filters[0]``.

    Raises:
        ConfigError: If a part of the key is empty, if the key has too many parts or a character
            that can't be printed.
    """
    if not key.isprintable():
        raise ConfigError(f"the key has a character that can't be printed, {FORM}")
    path: list[str | int] = []
    for part in key.split("."):
        match = _PART.fullmatch(part.strip())
        name, indices = match.groups() if match else (part.strip(), "")
        if not name:
            raise ConfigError(f"a part of the key is empty, {FORM}")
        path.append(int(name) if re.fullmatch(_INDEX, name) else name)
        path += map(int, re.findall(_INDEX, indices))
    if len(path) > MAX_DEPTH:
        raise ConfigError(f"a key of {len(path)} parts, {FORM}")
    return tuple(path)


def _parse_value(text: str, path: KeyPath) -> Any:
    """Return the value of the YAML ``text`` for the key at ``path``."""
    try:
        document = parse_yaml(text, where="value")
    except YamlError as error:
        problem = error.problems[0].sentence
        raise ConfigError(f"the value is not valid YAML: {problem}") from error
    value = restore_texts(document.data, document.spellings, path)
    if isinstance(value, list | dict) and not text.lstrip().startswith(("[", "{")):
        raise ConfigError("expected a single value, [a, list] or {a: map}; put text in quotes")
    return value


def put_value(raw: RawConfig, path: KeyPath, value: Any, origin: Origin) -> None:
    """Set the value at ``path`` in a config, as `apply_overrides` does.

    Raises:
        ConfigError: If a list has no such item, if a value on the path is neither a section nor a
            list, or if only a file can have the key. An unknown key is set: the validation reports
            it.
    """
    if path[0] in (EXTENDS, SCHEMA_VERSION):
        raise ConfigError(f"{path[0]} belongs in a file, and can't be set")
    container = raw.data
    _check_part(container, path, 0)
    for depth, part in enumerate(path[:-1], start=1):
        here = path[:depth]
        if _is_null(container, part):
            container[part] = _default(raw, here, path[depth])
            _note(raw.origins, here, origin)
            if container[part] is None:
                return
        container[part] = expand_shorthand(container[part], here)
        container = container[part]
        _check_part(container, path, depth)
    container[path[-1]] = value
    _note(raw.origins, path, origin)


def _is_null(container: Any, part: str | int) -> bool:
    value = container.get(part) if isinstance(container, dict) else container[part]
    return value is None


def _default(raw: RawConfig, path: KeyPath, part: str | int) -> Any:
    """Return the value to create at ``path``, in which ``part`` is set next.

    The value is the default of the key if the default is a list or ``part`` is an index, or else
    an empty section. It is None if ``part`` is an index and the key is unknown.

    Raises:
        ConfigError: If ``part`` is an index, and the default is null.
    """
    schemas = find_key(path, raw.data)
    default = schemas[0].get("default") if schemas else None
    if isinstance(part, str) and not isinstance(default, list):
        return {}
    if schemas and default is None:
        name = format_path(path)
        raise ConfigError(f"{name} is null and has no items: set the whole list, {name}=[...]")
    return deepcopy(default)


def _check_part(container: Any, path: KeyPath, depth: int) -> None:
    """Raise if ``container``, the value at ``path[:depth]``, can't contain ``path[depth]``."""
    part, name = path[depth], format_path(path[:depth]) or "the config"
    if isinstance(container, dict):
        if isinstance(part, int):
            raise ConfigError(f"{name} is a section, not a list: expected a key, got {part}")
    elif not isinstance(container, list):
        kind = "a list" if isinstance(part, int) else "a section"
        raise ConfigError(f"{name} is not {kind} but {format_value(container)}")
    elif not container:
        raise ConfigError(f"{name} is an empty list: set the whole list, {name}=[...]")
    elif isinstance(part, str) or not 0 <= part < len(container):
        one = len(container) == 1
        indices = "the index 0" if one else f"an index from 0 to {len(container) - 1}"
        raise ConfigError(f"{name} is a list: expected {indices}, got {format_value(part)}")


def _note(origins: dict[KeyPath, Origin], path: KeyPath, origin: Origin) -> None:
    """Add the origin of ``path`` as the last one, and remove those of the paths inside it."""
    for replaced in [other for other in origins if other[: len(path)] == path]:
        del origins[replaced]
    origins[path] = origin
