"""The key `extends`, for a config file that gives only its differences from another file."""

import re
from functools import reduce
from pathlib import Path

from stnctl.config.merge import merge_over
from stnctl.config.messages import format_value, hide_credentials, shorten
from stnctl.config.migrations import migrate
from stnctl.config.raw import Origin, RawConfig
from stnctl.config.shipped import LocatedConfig, locate_config
from stnctl.config.text_values import parse_layer
from stnctl.config.yaml_files import read_text
from stnctl.errors import ConfigError, ConfigProblem

KEY = "extends"
MAX_FILES = 10
_MAX_MESSAGE = 400
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def read_extended(path: Path) -> RawConfig:
    """Return a config, merged over the files that it extends, directly or indirectly.

    Each file is migrated to the current version of the schema before it is merged.

    Args:
        path: A file, or the name of a shipped config.

    Raises:
        ConfigError: As in `read_chain`, or if a file is of a newer version.
    """
    layers = [layer for _, layer in read_chain(path)]
    return reduce(merge_over, map(migrate, reversed(layers)))


def read_chain(path: Path) -> list[tuple[LocatedConfig, RawConfig]]:
    """Return a config and the files that it extends, each followed by the one that it extends.

    Args:
        path: A file, or the name of a shipped config.

    Raises:
        ConfigError: If a file can't be read or is not YAML, or if the files extend one another in a
            circle or in a chain of more than `MAX_FILES`.
    """
    files = [locate_config(path)]
    layers = [parse_layer(read_text(files[0].path), where=str(files[0]))]
    while (extended := _take_extends(layers[-1])) is not None:
        value, origin = extended
        base = _base(value, origin, files)
        layers.append(_read_base(base, origin))
        _check_circle(base, origin, files)
        files.append(base)
    return list(zip(files, layers, strict=True))


def reject_extends(layer: RawConfig, reason: str) -> None:
    """Raise if a config that can't extend a file has the key `extends`.

    Args:
        layer: The config.
        reason: The message.

    Raises:
        ConfigError: If the key is given.
    """
    if (extended := _take_extends(layer)) is not None:
        raise _error(extended[1], reason)


def _error(origin: Origin, problem: str, *, got: str = "", hint: str | None = None) -> ConfigError:
    return ConfigError(ConfigProblem(problem, got=got, path=KEY, origin=origin.text), hint=hint)


def _take_extends(layer: RawConfig) -> tuple[object, Origin] | None:
    """Remove the key from ``layer``, and return its value and origin; None without the key."""
    if not isinstance(layer.data, dict) or KEY not in layer.data:
        return None
    return layer.data.pop(KEY), layer.origins.pop((KEY,))


def _base(value: object, origin: Origin, files: list[LocatedConfig]) -> LocatedConfig:
    """Return the config that the value of the key names, in the last of ``files``."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise _error(origin, "expected the path of a YAML file", got=format_value(value))
    if _ADDRESS.match(value):
        raise _error(
            origin, f"{format_value(hide_credentials(value))} is an address, expected a path"
        )
    if len(files) == MAX_FILES:
        raise _error(origin, f"a chain of more than {MAX_FILES} files")
    return files[-1].extended(value)


def _check_circle(base: LocatedConfig, origin: Origin, files: list[LocatedConfig]) -> None:
    """Raise if ``base`` is one of ``files``, a chain in which each file extends the next."""
    seen = [file.path.resolve() for file in files]
    if base.path.resolve() in seen:
        circle = [*files[seen.index(base.path.resolve()) :], base]
        chain = " -> ".join(map(str, circle))
        raise _error(origin, f"files extend one another in a circle, {chain}")


def _read_base(base: LocatedConfig, origin: Origin) -> RawConfig:
    try:
        text = read_text(base.path)
    except ConfigError as error:
        raise _error(origin, shorten(str(error), _MAX_MESSAGE), hint=error.hint) from error
    layer = parse_layer(text, where=str(base))
    if not isinstance(layer.data, dict):
        got = format_value(layer.data)
        raise ConfigError(layer.problem_at((), "expected a section", got=got))
    return layer
