"""Migrations: renamed keys and values, so that configs of earlier versions stay readable.

To rename a key, add the next version to `RENAMES` with the old and the new key. A file without
`schema_version` has version 1. Each file is migrated separately, before it is merged over the file
that it extends. Overrides are not migrated: an old key is an error, and its message names the new
key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stnctl.config.messages import format_path, format_value
from stnctl.config.raw import Origin, RawConfig
from stnctl.config.strict_yaml import KeyPath
from stnctl.errors import ConfigError

KEY = "schema_version"

_EACH = "*"


@dataclass(frozen=True)
class Rename:
    """A key that has a new name or a new place, or whose values changed.

    Attributes:
        old: The dotted key in the previous version. The part ``*`` stands for each item of a list.
        new: The dotted key in this version. It must be the same as ``old`` up to the last ``*``,
            and is equal to ``old`` if only values change.
        convert: Function from the old value to the new one. Its argument is plain data, valid or
            not. It returns unknown values unchanged.
    """

    old: str
    new: str
    convert: Callable[[Any], Any] = lambda value: value


RENAMES: dict[int, tuple[Rename, ...]] = {
    2: (
        Rename("model.transformer.localization.head", "model.transformer.head"),
        Rename("model.transformer.localization.bounds", "model.transformer.bounds"),
    ),
}
"""Version -> the renames since the previous version, in the order in which they are applied."""

VERSION: int = max(RENAMES, default=1)
"""The current version of the schema."""


class NewerConfigError(ConfigError):
    """A config that was written by a newer stnctl."""


def migrate(raw: RawConfig) -> RawConfig:
    """Return the config with the keys of the current version and without `schema_version`.

    Args:
        raw: A config of any version, changed in place. New keys get the origins of the old ones.

    Raises:
        NewerConfigError: If its version is newer than the current one.
        ConfigError: If `schema_version` is not a version, or if a new key is given too or can't be
            created.
    """
    if not isinstance(raw.data, dict):
        return raw
    for version in range(_take_version(raw) + 1, VERSION + 1):
        for rename in RENAMES.get(version, ()):
            for path in list(_matches(raw.data, tuple(rename.old.split(".")))):
                _move(raw, path, _fill(rename.new, path), rename, version)
    return raw


def renamed_to(path: KeyPath) -> str | None:
    """Return "X in schema_version N" if the key at ``path`` was renamed to X, or else None."""
    for version, renames in RENAMES.items():
        for rename in renames:
            if rename.old != rename.new and _is_match(path, tuple(rename.old.split("."))):
                return f"{format_path(_fill(rename.new, path))} in {KEY} {version}"
    return None


def _take_version(raw: RawConfig) -> int:
    """Remove `schema_version` from a config, and return the version; 1 without the key."""
    if KEY not in raw.data:
        return 1
    version = raw.data[KEY]
    got = format_value(version)
    if type(version) is not int or version < 1:
        raise ConfigError(
            raw.problem_at((KEY,), f"expected a whole number from 1 to {VERSION}", got=got)
        )
    if version > VERSION:
        raise NewerConfigError(
            raw.problem_at((KEY,), f"expected at most {VERSION}", got=got),
            hint="a newer stnctl wrote this file: update stnctl",
        )
    del raw.data[KEY], raw.origins[(KEY,)]
    return version


def _matches(data: Any, pattern: tuple[str, ...]) -> Iterator[KeyPath]:
    """Yield the path of each key in ``data`` that matches the pattern."""
    if not pattern:
        yield ()
        return
    first, *rest = pattern
    inner: dict[Any, Any] = {}
    if first == _EACH and isinstance(data, list):
        inner = dict(enumerate(data))
    elif isinstance(data, dict) and first in data:
        inner = {first: data[first]}
    for part, value in inner.items():
        yield from ((part, *path) for path in _matches(value, tuple(rest)))


def _is_match(path: KeyPath, pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(
        isinstance(part, int) if wanted == _EACH else part == wanted
        for part, wanted in zip(path, pattern, strict=True)
    )


def _fill(key: str, path: KeyPath) -> KeyPath:
    """Return the dotted ``key`` as a path, each ``*`` replaced by the index in ``path``."""
    indices = (part for part in path if isinstance(part, int))
    return tuple(next(indices) if part == _EACH else part for part in key.split("."))


def _move(raw: RawConfig, old: KeyPath, new: KeyPath, rename: Rename, version: int) -> None:
    """Convert the value at ``old`` and move it to ``new``, with its origins."""
    parent = _value_at(raw.data, old[:-1])
    if old == new:
        parent[old[-1]] = rename.convert(parent[old[-1]])
        return
    value = rename.convert(parent.pop(old[-1]))
    home, renamed = raw.data, f"renamed to {format_path(new)} in {KEY} {version}"
    for depth, part in enumerate(new[:-1], start=1):
        home = home.setdefault(part, {}) if isinstance(home, dict) else home[part]
        if not isinstance(home, dict | list):
            where = format_path(new[:depth])
            problem = f"{renamed}, but {where} is not a section"
            raise ConfigError(raw.problem_at(old, problem, got=format_value(home)))
    if new[-1] in home:
        problem = f"{renamed}, which is given too: remove one of them"
        raise ConfigError(raw.problem_at(old, problem))
    home[new[-1]] = value
    _move_origins(raw, old, new)


def _value_at(data: Any, path: KeyPath) -> Any:
    for part in path:
        data = data[part]
    return data


def _move_origins(raw: RawConfig, old: KeyPath, new: KeyPath) -> None:
    """Rename ``old`` and the paths inside it; new sections around ``new`` get its origin."""
    moved: dict[KeyPath, Origin] = {}
    for path, origin in raw.origins.items():
        if path == old:
            moved |= {new[:end]: origin for end in range(1, len(new)) if new[:end] not in moved}
        is_inside = path[: len(old)] == old
        moved[new + path[len(old) :] if is_inside else path] = origin
    raw.origins.clear()
    raw.origins.update(moved)
