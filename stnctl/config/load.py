"""Reading a configuration: a file, overrides on top of it, and all their errors at once."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from stnctl.config.overrides import apply_overrides
from stnctl.config.problems import explain
from stnctl.config.schema import Config
from stnctl.config.strict_yaml import MAX_BYTES, KeyPath, YamlError, check_size, end_of, parse_yaml
from stnctl.errors import ConfigError, did_you_mean

MAX_PROBLEMS = 100


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration in a YAML file, as `parse_config` does.

    Args:
        path: A file of at most 64 KiB of UTF-8.
        overrides: Each ``key=value``, applied in this order.

    Raises:
        ConfigError: If the file can't be read, or if it or an override is not valid.
    """
    return parse_config(_read(path), where=str(path), overrides=overrides)


def parse_config(text: str, *, where: str, overrides: Sequence[str] = ()) -> Config:
    """Return the configuration that a YAML text and overrides give; what is not said is default.

    Args:
        text: YAML, or nothing for all defaults.
        where: What to call the text in messages, usually its file.
        overrides: Each ``key=value``, applied in this order.

    Raises:
        ConfigError: With one line for each error, in the order of the text and the overrides.
    """
    document = parse_yaml(text, where=where)
    data = {} if document.data is None else document.data
    origins: dict[KeyPath, str] = {
        path: f"{where}:{line}:{column}" for path, (line, column) in document.places.items()
    }
    problems = apply_overrides(data, origins, overrides) if isinstance(data, dict) else []
    try:
        config = Config.model_validate_json(json.dumps(data))
    except ValidationError as error:
        problems = explain(error, data, origins) + problems
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"{where}: {len(problems) - MAX_PROBLEMS} more errors"]
    if problems:
        raise ConfigError("\n".join(problems))
    return config


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _not_found(path) from error
    except IsADirectoryError as error:
        message = f"{path}: is a folder, expected a YAML file"
        raise ConfigError(message, hint=_list_files(path)) from error
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    check_size(len(content), where=str(path))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = end_of(content[: error.start].decode("utf-8"))
        problem = f"the byte 0x{content[error.start]:02x} is not UTF-8, save the file as UTF-8"
        raise YamlError(str(path), line, column, problem) from error


def _not_found(path: Path) -> ConfigError:
    wanted = f"{path.stem}.yaml"
    siblings = [file.name for file in path.parent.glob("*.yaml")]
    shipped = [str(file) for file in Path("configs").glob("*.yaml")]
    suggestion = did_you_mean(wanted, siblings) or did_you_mean(f"configs/{wanted}", shipped)
    return ConfigError(f"{path}: no such file{suggestion}", hint=_list_files(path.parent))


def _list_files(folder: Path) -> str:
    names = sorted(file.name for file in folder.glob("*.yaml"))
    return f"the YAML files in {folder}: {', '.join(names) if names else 'none'}"
