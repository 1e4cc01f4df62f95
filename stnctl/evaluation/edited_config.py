"""Comparison of the config.yaml of a run with the configuration that was trained.

Each checkpoint has the configuration of its training. It differs from config.yaml if a person has
edited this file.
"""

from collections.abc import Mapping
from functools import reduce
from operator import getitem
from typing import Any

from stnctl.config.dump import changed_keys
from stnctl.config.load import parse_config
from stnctl.config.messages import format_value
from stnctl.config.schema import Config
from stnctl.errors import ConfigError, InputError
from stnctl.runs.checkpoint_paths import META, checkpoint_folder
from stnctl.runs.directory import RunDirectory

HARMLESS = ("name", "train", "limits", "data.source", "data.offline", "data.keys")
"""Keys that do not change the results of a trained network. The data is compared by its hash."""

_MAX_SHOWN = 3


def edited_keys(run: RunDirectory, config: Config, meta: Mapping[str, Any]) -> list[str]:
    """Return the keys in which a configuration differs from that of a checkpoint.

    Args:
        run: The run directory.
        config: The configuration.
        meta: The meta.json of the checkpoint; {} if there is none.

    Raises:
        InputError: If the configuration in the checkpoint is not valid.
    """
    trained = _trained_config(run, meta)
    return [] if trained is None else changed_keys(trained, config)


def check_not_edited(run: RunDirectory, config: Config, meta: Mapping[str, Any]) -> None:
    """Check that the results of a run are those of its training configuration.

    Args:
        run: The run directory.
        config: The configuration in its config.yaml.
        meta: The meta.json of the checkpoint.

    Raises:
        InputError: If ``config`` differs from the configuration in the checkpoint in other keys
            than those in `HARMLESS`, or if the latter is not valid.
    """
    trained = _trained_config(run, meta)
    if trained is None:
        return
    changed = [key for key in changed_keys(trained, config) if not _is_harmless(key)]
    if not changed:
        return
    problems = [_difference(trained, config, key) for key in changed[:_MAX_SHOWN]]
    if len(changed) > _MAX_SHOWN:
        problems.append(f"and {len(changed) - _MAX_SHOWN} more")
    raise InputError(
        f"{run.config} is not the trained configuration: {'; '.join(problems)}",
        hint=f"restore it; {checkpoint_folder(run, meta['step']) / META} has it as `config`",
    )


def _trained_config(run: RunDirectory, meta: Mapping[str, Any]) -> Config | None:
    """Return the configuration in a checkpoint; None if it has none."""
    if not isinstance(text := meta.get("config"), str):
        return None
    try:
        return parse_config(text, where="its configuration")
    except ConfigError as error:
        folder = checkpoint_folder(run, meta["step"])
        raise InputError(f"checkpoint {folder} is not valid: {error}") from error


def _is_harmless(key: str) -> bool:
    return any(key == prefix or key.startswith(f"{prefix}.") for prefix in HARMLESS)


def _difference(trained: Config, config: Config, key: str) -> str:
    expected, found = (_value(each, key) for each in (trained, config))
    return f"{key} differs" if expected == found else f"{key}: expected {expected}, got {found}"


def _value(config: Config, key: str) -> str:
    """Return the value of a dotted key as text for a message."""
    return format_value(reduce(getitem, key.split("."), config.model_dump(mode="json")))
