"""Loading of a sweep from its file, or from configurations and options of the command line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stnctl.config.engines import Local
from stnctl.config.error_report import explain_validation
from stnctl.config.json_schema import sweep_json_schema
from stnctl.config.raw import Origin, RawConfig, parse_raw
from stnctl.config.shipped import LocatedConfig, locate_config, locate_sweep
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.sweep_keys import BASE
from stnctl.config.sweep_section import SweepConfig
from stnctl.config.yaml_files import read_text
from stnctl.errors import ConfigError, UsageError

ENGINE = "engine"
"""Key of the engine in a sweep, and of the name of an engine in its section."""

COMMAND_LINE = "the command line"
"""Origin of a sweep without a file, in messages."""

_MAX_NAME = 30  # leaves room for the values in the names of the runs


@dataclass(frozen=True)
class SweepFile:
    """Sweep with the origins of its keys.

    Attributes:
        config: The sweep.
        raw: Its data, with the origin of each key.
        file: Its file; None if the command line gives it.
    """

    config: SweepConfig
    raw: RawConfig
    file: LocatedConfig | None

    @property
    def name(self) -> str:
        """Name of the sweep: its key, or else that of its file or of its configurations."""
        if self.config.name is not None:
            return self.config.name
        stems = (
            [self.file.path.stem] if self.file else [Path(base).stem for base in self.config.bases]
        )
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(stems)).lstrip("._-")
        return name[:_MAX_NAME].rstrip("._-") or "sweep"

    def locate_base(self, text: str) -> LocatedConfig:
        """Return the configuration that a key `base` names."""
        return self.file.extended(text) if self.file else locate_config(Path(text))


def load_sweep(
    paths: Sequence[Path],
    options: Mapping[str, tuple[str, Any]] | None = None,
    *,
    engine: str | None = None,
    engine_keys: Mapping[str, Any] | None = None,
) -> SweepFile:
    """Return the sweep of a file, or of configurations, with the changes of the command line.

    Args:
        paths: A sweep file or the name of a shipped one; or else one or more configurations.
        options: Key of the sweep -> the option that gives it, for messages, and its value. A
            mapping, such as that of `grid`, is added to the one of the file.
        engine: Engine of the option ``--engine``, or None. It keeps the keys of the file if it is
            the engine of the file.
        engine_keys: Key of the engine -> the value of the option with its name, such as
            ``--jobs``; None for an option that is not given.

    Raises:
        ConfigError: If a file can't be read, or a key is not valid.
        UsageError: If a sweep file and further files are given.
    """
    raw, file = _read(paths)
    for key, (option, value) in (options or {}).items():
        _set(raw, key, value, Origin(option, (key,)))
    _set_engine(raw, engine, engine_keys or {})
    try:
        config = SweepConfig.model_validate_json(json.dumps(raw.data))
    except ValidationError as error:
        problems, _ = explain_validation(error, raw, sweep_json_schema())
        raise ConfigError(*problems) from error
    return SweepFile(config, raw, file)


def is_sweep(data: Any) -> bool:
    """Return whether the data of a YAML file is that of a sweep, which has a base."""
    return isinstance(data, dict) and BASE in data


def _read(paths: Sequence[Path]) -> tuple[RawConfig, LocatedConfig | None]:
    files = [locate_sweep(path) for path in paths]
    layers = [parse_raw(read_text(file.path), where=str(file)) for file in files]
    sweeps = [file for file, layer in zip(files, layers, strict=True) if is_sweep(layer.data)]
    if len(sweeps) == len(files) == 1:
        return layers[0], files[0]
    if sweeps:
        raise UsageError(
            f"{sweeps[0]} is a sweep, and takes no further files",
            hint="name one sweep, or only configurations",
        )
    bases = [str(path) for path in paths]
    origin = Origin(COMMAND_LINE)
    places: dict[KeyPath, Origin] = {(): origin, (BASE,): origin}
    places |= {(BASE, index): origin for index in range(len(bases))}
    return RawConfig({BASE: bases}, places), None


def _set(raw: RawConfig, key: str, value: Any, origin: Origin) -> None:
    """Set a key of a sweep, or add the items of a mapping to it."""
    if isinstance(value, dict) and isinstance(raw.data.get(key), dict):
        raw.data[key] |= value
    else:
        raw.data[key] = value
    raw.origins[(key,)] = origin
    for name in value if isinstance(value, dict) else ():
        raw.origins[(key, name)] = origin


def _set_engine(raw: RawConfig, engine: str | None, keys: Mapping[str, Any]) -> None:
    """Set the engine of a sweep, and keys of it."""
    keys = {key: value for key, value in keys.items() if value is not None}
    options = {key: f"--{key} {value}" for key, value in keys.items()}
    if engine is None and not keys:
        return
    given = raw.data.get(ENGINE, Local().engine)
    section = given if isinstance(given, dict) else {ENGINE: given}
    if engine not in (None, section.get(ENGINE, Local().engine)):
        section = {ENGINE: engine}
    raw.data[ENGINE] = {**section, **keys} if keys else section
    raw.origins[(ENGINE,)] = Origin(f"--engine {engine}" if engine else " ".join(options.values()))
    for key, option in options.items():
        raw.origins[(ENGINE, key)] = Origin(option, (ENGINE, key))
