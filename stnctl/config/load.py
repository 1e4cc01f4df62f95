"""Loading of a config from a file or a text, with overrides. All problems are in one error."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from stnctl.config.cross_checks import cross_problems
from stnctl.config.error_report import explain_validation
from stnctl.config.extends import read_extended, reject_extends
from stnctl.config.json_schema import config_json_schema
from stnctl.config.migrations import NewerConfigError, migrate
from stnctl.config.overrides import apply_overrides
from stnctl.config.raw import RawConfig
from stnctl.config.schema import Config
from stnctl.config.shipped import locate_config
from stnctl.config.text_values import parse_layer
from stnctl.config.yaml_files import read_run_text
from stnctl.errors import ConfigError, ConfigProblem, InputError

MAX_PROBLEMS = 100


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the config in a YAML file, merged over the files that it extends.

    Args:
        path: A file of at most 64 KiB of UTF-8, or the name of a shipped config.
        overrides: Texts ``key=value``, applied in this order.

    Raises:
        ConfigError: If a file can't be read, or a file or an override is not valid.
    """
    raw = read_extended(path)
    return validate_raw(raw, str(locate_config(path)), _overridden(raw, overrides))


@contextmanager
def locating_problems(path: Path, overrides: Sequence[str] = ()) -> Iterator[None]:
    """Give the problems of a `ConfigError` in the ``with`` block the origins of their keys.

    Args:
        path: The config, read again after an error.
        overrides: As in `load_config`.

    Raises:
        ConfigError: The error of the block, with ``file:line:column`` or the override of each key.
    """
    try:
        yield
    except ConfigError as error:
        raw = read_extended(path)
        apply_overrides(raw, overrides)
        raise ConfigError(*map(raw.locate, error.problems), hint=error.hint) from error


def load_resolved(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the config of a run, also of an untrusted one.

    The config of a run is complete, so the key `extends` is rejected. Only a regular file is read.

    Args:
        path: The config.yaml in the run directory.
        overrides: As in `load_config`.

    Raises:
        InputError: If the file is missing, is a link, is not a regular file, is not valid, or has a
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
    """Return the config of a YAML text and overrides. All other keys have their defaults.

    Args:
        text: YAML. An empty text gives all defaults. The key `extends` is rejected, because only a
            file can have it.
        where: The name of the text in messages, usually its file.
        overrides: Texts ``key=value``, applied in this order.

    Raises:
        ConfigError: If the text or an override is not valid. The message has one line per problem,
            first those of the text, then those of the overrides.
    """
    return _parse(text, where, overrides, "only a file can extend another, this is a text")


def _parse(text: str, where: str, overrides: Sequence[str], no_extends: str) -> Config:
    """Return the config of a text; ``no_extends`` is the message if it extends a file."""
    raw = parse_layer(text, where=where)
    reject_extends(raw, no_extends)
    raw = migrate(raw)
    return validate_raw(raw, where, _overridden(raw, overrides))


def _overridden(raw: RawConfig, overrides: Sequence[str]) -> tuple[ConfigProblem, ...]:
    return apply_overrides(raw, overrides) if isinstance(raw.data, dict) else ()


def validate_raw(raw: RawConfig, where: str, problems: tuple[ConfigProblem, ...] = ()) -> Config:
    """Return the config of migrated data.

    Args:
        raw: The data and the origins of its keys.
        where: Name of the data in messages, usually its file.
        problems: Problems that were found before. They come last in the error.

    Raises:
        ConfigError: If the data is not valid, or there are problems.
    """
    try:
        config = Config.model_validate_json(json.dumps(raw.data))
        found = list(cross_problems(config, raw))
        number = len(found)
    except ValidationError as error:
        found, number = explain_validation(error, raw, config_json_schema(), MAX_PROBLEMS)
    number += len(problems)
    found = [*found, *problems][:MAX_PROBLEMS]
    if number > MAX_PROBLEMS:
        found.append(ConfigProblem(f"{number - MAX_PROBLEMS} more errors", origin=where))
    if found:
        raise ConfigError(*found)
    return config
