"""Configurations that are not validated yet, and laying one over another."""

from dataclasses import dataclass
from typing import Any

from stnctl.config.json_schema import expand_shorthand, is_other_kind
from stnctl.config.strict_yaml import KeyPath, parse_yaml


@dataclass(frozen=True)
class RawConfig:
    """What a text says.

    Attributes:
        data: Plain data: a dict, if the text is what it should be.
        origins: The ``file:line:column`` of every key and list item, ordered. The empty path is
            the text itself.
    """

    data: Any
    origins: dict[KeyPath, str]


def parse_raw(text: str, *, where: str) -> RawConfig:
    """Return what a YAML text says; nothing at all is an empty section.

    Raises:
        YamlError: If the text is not the YAML that is read here.
    """
    document = parse_yaml(text, where=where)
    origins = {path: f"{where}:{line}:{column}" for path, (line, column) in document.places.items()}
    return RawConfig({} if document.data is None else document.data, origins)


def merge_over(base: RawConfig, top: RawConfig) -> RawConfig:
    """Return ``base`` with what ``top`` says; the data of both are dicts.

    Sections merge key by key. All else replaces what is below: scalars, null, lists, and a
    section that names another kind than the one below (such as another set of distortions).
    """
    origins = dict(base.origins)
    replaced: set[KeyPath] = set()
    data = _merged(base.data, top.data, (), origins, replaced)
    kept = {path: origin for path, origin in origins.items() if not _is_in(path, replaced)}
    return RawConfig(data, kept | top.origins)


def _merged(
    base: dict[str, Any],
    top: dict[str, Any],
    path: KeyPath,
    origins: dict[KeyPath, str],
    replaced: set[KeyPath],
) -> dict[str, Any]:
    """Return the section at ``path``, and note which paths of ``base`` are ``replaced``."""
    merged = dict(base)
    for name, value in top.items():
        inner = (*path, name)
        below = _section_below(base.get(name), value, inner, origins)
        if below is None:
            replaced.add(inner)
            merged[name] = value
        else:
            merged[name] = _merged(below, value, inner, origins, replaced)
    return merged


def _section_below(
    base: Any, top: Any, path: KeyPath, origins: dict[KeyPath, str]
) -> dict[str, Any] | None:
    """Return the section of the base that ``top`` goes into, or None if it replaces what is there.

    A text that is short for a section is spelled out, at the place of the text.
    """
    below = expand_shorthand(base, path) if isinstance(top, dict) else None
    if not isinstance(below, dict) or is_other_kind(top, below, path):
        return None
    for name in below:
        origins.setdefault((*path, name), origins[path])
    return below


def _is_in(path: KeyPath, replaced: set[KeyPath]) -> bool:
    return any(path[:end] in replaced for end in range(1, len(path) + 1))
