"""The key `extends`: a configuration that says only how it differs from another one."""

import os
import re
from functools import reduce
from pathlib import Path

from stnctl.config.merge import RawConfig, merge_over, parse_raw
from stnctl.config.messages import format_value, shorten
from stnctl.config.yaml_files import read_text
from stnctl.errors import ConfigError

KEY = "extends"
MAX_FILES = 10
_MAX_MESSAGE = 400
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def read_extended(path: Path) -> RawConfig:
    """Return what a file says, laid over the file that it extends, and so on.

    Raises:
        ConfigError: If a file can't be read or is not YAML, or if the files extend one another
            in a circle or in a chain of more than `MAX_FILES`.
    """
    files, layers = [path], [parse_raw(read_text(path), where=str(path))]
    while (extended := _take_extends(layers[-1])) is not None:
        value, origin = extended
        base = _base_path(value, origin, files)
        layers.append(_read_base(base, origin))
        _refuse_circle(base, origin, files)
        files.append(base)
    return reduce(merge_over, reversed(layers))


def refuse_extends(layer: RawConfig, why: str) -> None:
    """Raise a `ConfigError` if a text wants to extend a file, which it may not, and say why."""
    if (extended := _take_extends(layer)) is not None:
        raise ConfigError(f"{extended[1]}: {KEY}: {why}")


def _take_extends(layer: RawConfig) -> tuple[object, str] | None:
    """Remove the key from ``layer``, and return its value and origin; None if it is not there."""
    if not isinstance(layer.data, dict) or KEY not in layer.data:
        return None
    return layer.data.pop(KEY), layer.origins.pop((KEY,))


def _base_path(value: object, origin: str, files: list[Path]) -> Path:
    """Return the path that ``value``, in the last of ``files``, stands for."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise ConfigError(
            f"{origin}: {KEY}: expected the path of a YAML file, got {format_value(value)}"
        )
    if _ADDRESS.match(value):
        raise ConfigError(f"{origin}: {KEY}: {format_value(value)} is an address, expected a path")
    if len(files) == MAX_FILES:
        raise ConfigError(f"{origin}: {KEY}: a chain of more than {MAX_FILES} files")
    return files[-1].parent / os.path.expanduser(value)  # noqa: PTH111 - keeps an unknown ~user


def _refuse_circle(base: Path, origin: str, files: list[Path]) -> None:
    """Raise if ``base``, which can be read, is one of ``files``, each of which extends the next."""
    seen = [file.resolve() for file in files]
    if base.resolve() in seen:
        circle = [*files[seen.index(base.resolve()) :], base]
        chain = " -> ".join(map(str, circle))
        raise ConfigError(f"{origin}: {KEY}: files extend one another in a circle, {chain}")


def _read_base(path: Path, origin: str) -> RawConfig:
    try:
        text = read_text(path)
    except ConfigError as error:
        problem = shorten(str(error), _MAX_MESSAGE)
        raise ConfigError(f"{origin}: {KEY}: {problem}", hint=error.hint) from error
    layer = parse_raw(text, where=str(path))
    if not isinstance(layer.data, dict):
        problem = f"expected a section, got {format_value(layer.data)}"
        raise ConfigError(f"{layer.origins[()]}: {problem}")
    return layer
