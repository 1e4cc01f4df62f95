"""Reading a configuration: a file, overrides on top of it, and all their errors at once."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from stnctl.config.error_report import explain_validation
from stnctl.config.extends import read_extended, refuse_extends
from stnctl.config.merge import RawConfig, parse_raw
from stnctl.config.overrides import apply_overrides
from stnctl.config.schema import Config
from stnctl.config.yaml_files import read_run_text
from stnctl.errors import ConfigError, InputError

MAX_PROBLEMS = 100


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration in a YAML file and those that it extends, as `parse_config` does.

    Args:
        path: A file of at most 64 KiB of UTF-8.
        overrides: Each ``key=value``, applied in this order.

    Raises:
        ConfigError: If a file can't be read, or if it or an override is not valid.
    """
    return _validate(read_extended(path), str(path), overrides)


def load_resolved(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration of a run, whoever made it.

    It is complete, so that it extends no file; and nothing but a regular file is read.

    Args:
        path: Of the config.yaml in a run directory.
        overrides: As in `load_config`.

    Raises:
        InputError: If the file is missing, is a link or no regular file, or is not valid.
        ConfigError: If an override is not valid.
    """
    try:
        text = read_run_text(path)
        config = _parse(text, str(path), (), "the configuration of a run is complete")
    except ConfigError as error:
        raise InputError(str(error), hint="put back a copy of it, or train again") from error
    return parse_config(text, where=str(path), overrides=overrides) if overrides else config


def parse_config(text: str, *, where: str, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration that a YAML text and overrides give; what is not said is default.

    Args:
        text: YAML, or nothing for all defaults. It can't extend a file, being none.
        where: What to call the text in messages, usually its file.
        overrides: Each ``key=value``, applied in this order.

    Raises:
        ConfigError: With one line for each error, in the order of the text and the overrides.
    """
    return _parse(text, where, overrides, "only a file can extend another, this is a text")


def _parse(text: str, where: str, overrides: Sequence[str], alone: str) -> Config:
    """Return the configuration that a text gives, which extends no file, and ``alone`` says why."""
    layer = parse_raw(text, where=where)
    refuse_extends(layer, alone)
    return _validate(layer, where, overrides)


def _validate(layer: RawConfig, where: str, overrides: Sequence[str]) -> Config:
    data, origins = layer.data, layer.origins
    problems = apply_overrides(data, origins, overrides) if isinstance(data, dict) else []
    try:
        config = Config.model_validate_json(json.dumps(data))
    except ValidationError as error:
        problems = explain_validation(error, data, origins) + problems
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"{where}: {len(problems) - MAX_PROBLEMS} more errors"]
    if problems:
        raise ConfigError("\n".join(problems))
    return config
