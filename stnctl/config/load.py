"""Loading of a config: a file or a text, overrides over it, and all its problems at once."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from stnctl.config.error_report import explain_validation
from stnctl.config.extends import read_extended, reject_extends
from stnctl.config.json_schema import config_json_schema
from stnctl.config.migrations import NewerConfigError, migrate
from stnctl.config.overrides import apply_overrides
from stnctl.config.raw import RawConfig, parse_raw
from stnctl.config.schema import Config
from stnctl.config.yaml_files import read_run_text
from stnctl.errors import ConfigError, ConfigProblem, InputError

MAX_PROBLEMS = 100


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the config in a YAML file, over the files that it extends.

    Args:
        path: A file of at most 64 KiB of UTF-8.
        overrides: Each ``key=value``, applied in this order.

    Raises:
        ConfigError: If a file can't be read, or if it or an override is not valid.
    """
    return _validate(read_extended(path), str(path), overrides)


def load_resolved(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the config of a run, also of an untrusted one.

    The config is complete, so it extends no file. Only a regular file is read.

    Args:
        path: The config.yaml in the run directory.
        overrides: As in `load_config`.

    Raises:
        InputError: If the file is missing, is a link or no regular file, is not valid, or is of a
            newer version of the schema.
        ConfigError: If an override is not valid.
    """
    try:
        text = read_run_text(path)
        config = _parse(text, str(path), (), "the config of a run is complete")
    except NewerConfigError as error:
        raise InputError(str(error), hint=error.hint) from error
    except ConfigError as error:
        raise InputError(str(error), hint="restore a copy of it, or train again") from error
    return parse_config(text, where=str(path), overrides=overrides) if overrides else config


def parse_config(text: str, *, where: str, overrides: Sequence[str] = ()) -> Config:
    """Return the config of a YAML text and overrides; all other keys have their defaults.

    Args:
        text: YAML, or empty for all defaults. A text is not a file, and can't extend one.
        where: The name of the text in messages, usually its file.
        overrides: Each ``key=value``, applied in this order.

    Raises:
        ConfigError: With one line per problem, in the order of the text and the overrides.
    """
    return _parse(text, where, overrides, "only a file can extend another, this is a text")


def _parse(text: str, where: str, overrides: Sequence[str], no_extends: str) -> Config:
    """Return the config of a text; ``no_extends`` is the reason why it can't extend a file."""
    raw = parse_raw(text, where=where)
    reject_extends(raw, no_extends)
    return _validate(migrate(raw), where, overrides)


def _validate(raw: RawConfig, where: str, overrides: Sequence[str]) -> Config:
    problems = apply_overrides(raw, overrides) if isinstance(raw.data, dict) else ()
    try:
        config = Config.model_validate_json(json.dumps(raw.data))
    except ValidationError as error:
        problems = explain_validation(error, raw, config_json_schema()) + problems
    if len(problems) > MAX_PROBLEMS:
        more = ConfigProblem(f"{len(problems) - MAX_PROBLEMS} more errors", origin=where)
        problems = (*problems[:MAX_PROBLEMS], more)
    if problems:
        raise ConfigError(*problems)
    return config
