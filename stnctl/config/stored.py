"""Fast reader of the config.yaml of a run, for lists of many runs.

`stnctl.config.dump` writes each key on a line. Such a text is split into lines, and only the values
are parsed as YAML. Equal sections and values of several runs are parsed once. This is more than 30
times as fast as `parse_yaml`, which reads all other texts.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from stnctl.config.migrations import KEY, VERSION, migrate
from stnctl.config.raw import Origin, RawConfig
from stnctl.config.strict_yaml import YamlError, parse_yaml, plain_value
from stnctl.config.yaml_files import read_run_text
from stnctl.errors import ConfigError, ConfigProblem

_LINE = re.compile(r"((?:  )*)(?!(?:null|true|false):)([a-z][a-z0-9_]*):(?: (\S.*))?")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{,99}")
_SECTION = re.compile(r"\n(?! )")
_UNUSUAL = ("#", "&", "*", "!", "|", ">", "%", "@", "`", "---", "...")
"""Starts of values that are not a plain or quoted text, a number or a list on one line."""


class _UnusualError(Exception):
    """A text that `dump_config` does not write."""


def read_stored(path: Path) -> dict[str, Any]:
    """Return the config of a run as plain data, with the keys of the current schema version.

    The keys and values are not validated, and keys that are newer than the file are missing. The
    caller must not change the data.

    Args:
        path: The config.yaml in the run directory.

    Raises:
        ConfigError: If the file is missing, is not a regular file, is not YAML, is not a section,
            or has a newer version of the schema.
    """
    text = read_run_text(path)
    try:
        data: Any = _parse_lines(text)
    except (_UnusualError, YamlError):
        data = parse_yaml(text, where=str(path)).data
    if not isinstance(data, dict):
        raise ConfigError(ConfigProblem("expected a section with keys", origin=str(path)))
    if data.get(KEY) == VERSION:
        return data
    origin = Origin(str(path))
    return migrate(RawConfig(_copy(data), {(): origin, (KEY,): origin})).data  # type: ignore[no-any-return]


def _parse_lines(text: str) -> dict[str, Any]:
    """Return the data of a text that has each key on a line, and no comments.

    Raises:
        YamlError: If a value is not YAML.
        _UnusualError: If the text has another form.
    """
    if not text.replace("\n", "").isprintable():
        raise _UnusualError
    sections = [_parse_section(part) for part in _SECTION.split(text.removesuffix("\n"))]
    data = {key: value for section in sections for key, value in section.items()}
    if len(data) != len(sections):
        raise _UnusualError
    return data


@lru_cache(maxsize=1024)
def _parse_section(text: str) -> dict[str, Any]:
    """Return the data of a line without indentation and the indented lines after it.

    Raises:
        YamlError: If a value is not YAML.
        _UnusualError: If the text has another form.
    """
    root: dict[str, Any] = {}
    open_sections = [root]
    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            raise _UnusualError
        indent, key, value = match.groups()
        depth = len(indent) // 2
        _close(open_sections, depth + 1)
        section = open_sections[-1]
        if len(open_sections) != depth + 1 or key in section:
            raise _UnusualError
        section[key] = {} if value is None else _parse_value(value)
        if value is None:
            open_sections.append(section[key])
    _close(open_sections, 1)
    return root


def _close(open_sections: list[dict[str, Any]], depth: int) -> None:
    """Close the sections that are deeper than ``depth``. None may be empty: YAML reads it as null.

    Raises:
        _UnusualError: If a section is empty.
    """
    while len(open_sections) > depth:
        if not open_sections.pop():
            raise _UnusualError


@lru_cache(maxsize=1024)
def _parse_value(text: str) -> Any:
    """Return the value of a text on one line.

    Raises:
        YamlError: If it is not YAML.
        _UnusualError: If it may have another meaning in its section than by itself.
    """
    if _WORD.fullmatch(text):
        return plain_value(text)
    value = parse_yaml(text, where="value").data
    is_nested = isinstance(value, list | dict) and not text.startswith(("[", "{"))
    if is_nested or text.startswith(_UNUSUAL):
        raise _UnusualError
    return value


def _copy(data: Any) -> Any:
    """Return plain data with new sections and lists, because those of a text are shared."""
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data
