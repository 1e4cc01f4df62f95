"""Dump of a config: the complete YAML text that loads as the same config."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from stnctl.config.section import Section
from stnctl.config.strict_yaml import MAX_BYTES, YamlError, parse_yaml, reads_as_text
from stnctl.errors import ConfigError

if TYPE_CHECKING:
    from stnctl.config.schema import Config


@lru_cache(maxsize=8)  # a training dumps its config several times
def dump_config(config: "Config") -> str:
    """Return ``config`` as YAML, with all keys in the order of the schema and lists on one line."""
    return dump_data(config.model_dump(mode="json"))


def config_bytes(config: "Config") -> bytes:
    """Return the content of the config.yaml of a run: `dump_config` in UTF-8.

    Raises:
        ConfigError: As in `check_storable`.
    """
    check_storable(config)
    return dump_config(config).encode()


def check_storable(config: "Config") -> None:
    """Raise if the complete config is too large to be read again from the config.yaml of a run.

    Raises:
        ConfigError: If `parse_yaml` rejects the text of `dump_config`.
    """
    try:
        parse_yaml(dump_config(config), where="config.yaml")
    except YamlError as error:
        raise ConfigError(
            f"the complete configuration can't be stored as config.yaml: "
            f"{error.problems[0].problem}",
            hint="use shorter lists; a run stores each key, with its default if it is not given",
        ) from error


def dump_data(data: dict[str, Any]) -> str:
    """Return plain data as YAML, with the keys in the order of the dict and lists on one line."""
    text: str = yaml.dump(
        data, Dumper=ConfigDumper, sort_keys=False, allow_unicode=True, width=MAX_BYTES
    )
    return text


class ConfigDumper(yaml.SafeDumper):
    """A dumper that quotes each text that YAML 1.1 or 1.2 would read as another type."""


def _represent_text(dumper: ConfigDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


@lru_cache(maxsize=1024)
def _style(text: str) -> str | None:
    """Return a style that preserves ``text``: only double quotes escape line breaks of YAML 1.1."""
    if not text.isprintable():
        return '"'
    return None if reads_as_text(text) else "'"


def _represent_list(dumper: ConfigDumper, items: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


ConfigDumper.add_representer(str, _represent_text)
ConfigDumper.add_representer(list, _represent_list)


def changed_keys(a: "Config", b: "Config") -> list[str]:
    """Return the dotted keys whose values differ between two configs, in the order of the schema.

    If only one config has a section, or its kind differs, the key of the section is returned
    without the keys inside it. A list is compared as a whole. `schema_version` never differs,
    because both configs have the version of the code.
    """
    return _changed(a, b)


def _changed(a: Section, b: Section) -> list[str]:
    keys = []
    for name in type(a).model_fields:
        ours, theirs = getattr(a, name), getattr(b, name)
        if isinstance(ours, Section) and type(ours) is type(theirs):
            keys += [f"{name}.{inner}" for inner in _changed(ours, theirs)]
        elif ours != theirs:
            keys.append(name)
    return keys
