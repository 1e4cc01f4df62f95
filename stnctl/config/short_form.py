"""Short form of sections as YAML: only the keys that differ from their defaults."""

import io
from functools import cache
from typing import Any

import yaml

from stnctl.config.dump import ConfigDumper
from stnctl.config.section import Section

_KEYS_OF_KINDS = ("layer", "network", "schedule", "set", "step")
"""Keys that name the kind of a section."""

_MAX_COLUMNS = 100
_TOP = 2


def short_yaml(data: dict[str, Any]) -> str:
    """Return data as YAML, with short mappings and lists on one line.

    Args:
        data: Plain data with sections. A section becomes the name of its kind and the keys that
            differ from their defaults, or the name alone if there are none. The kind is left out
            if it is the key of the section: ``transformer: {steps: 2}``.
    """
    node = ConfigDumper(io.StringIO(), sort_keys=False).represent_data(_plain(data, ""))
    _choose_style(node, 0, 0)
    text: str = yaml.serialize(node, Dumper=_IndentedDumper, width=10 * _MAX_COLUMNS)
    return text


def short_data(section: Section) -> dict[str, Any]:
    """Return a section as plain data, with only the keys that differ from their defaults.

    The sections inside are shortened as in `short_yaml`.
    """
    data = _plain(section, "")
    return data if isinstance(data, dict) else {}


class _IndentedDumper(ConfigDumper):
    """Dumper that indents the items of a list below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent, also for a list in a mapping."""
        super().increase_indent(flow, False)


def _plain(value: Any, key: str) -> Any:
    """Return the plain data of a value, which is at a key or in a list at the key."""
    if isinstance(value, Section):
        return _short_form(value, key)
    if isinstance(value, dict):
        return {name: _plain(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, key) for item in value]
    return value


def _short_form(section: Section, key: str) -> dict[str, Any] | str:
    defaults = _defaults(type(section))
    kinds = {name: getattr(section, name) for name in _KEYS_OF_KINDS if name in defaults}
    kinds = {name: kind for name, kind in kinds.items() if isinstance(kind, str)}
    changed = {
        name: _plain(getattr(section, name), name)
        for name, default in defaults.items()
        if name not in kinds and getattr(section, name) != default
    }
    if key in kinds.values():
        return changed
    if kinds and not changed:
        return str(*kinds.values())
    return {**kinds, **changed}


@cache
def _defaults(section: type[Section]) -> dict[str, Any]:
    return {name: field.get_default() for name, field in section.model_fields.items()}


def _choose_style(node: yaml.Node, indent: int, start: int) -> None:
    """Put a node on one line if it has no mappings inside and fits, else on several lines.

    Args:
        node: The node.
        indent: Indentation of its lines; at 0 and 2, mappings are always on several lines.
        start: Length of the line before the node.
    """
    if not isinstance(node, yaml.CollectionNode):
        return
    keys, items = _parts(node)
    is_top = isinstance(node, yaml.MappingNode) and indent <= _TOP
    fits = start + _length(node) <= _MAX_COLUMNS and not any(map(_has_mappings, items))
    node.flow_style = not items or (fits and not is_top)
    for key, item in zip(keys, items, strict=True):
        _choose_style(item, indent + 2, indent + max(2, len(key)))


def _parts(node: yaml.Node) -> tuple[list[str], list[yaml.Node]]:
    """Return the keys and the values of a mapping, or empty keys and the items of a list."""
    if isinstance(node, yaml.MappingNode):
        return [f"{key.value}: " for key, _ in node.value], [value for _, value in node.value]
    return [""] * len(node.value), list(node.value)


def _has_mappings(node: yaml.Node) -> bool:
    if isinstance(node, yaml.ScalarNode):
        return False
    return isinstance(node, yaml.MappingNode) or any(map(_has_mappings, _parts(node)[1]))


def _length(node: yaml.Node) -> int:
    """Return the length of a node on one line."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value)
    keys, items = _parts(node)
    return 2 * max(1, len(items)) + sum(map(len, keys)) + sum(map(_length, items))
