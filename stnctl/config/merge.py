"""Merging of two configs: one extends the other."""

from typing import Any

from stnctl.config.json_schema import expand_shorthand, is_other_kind
from stnctl.config.raw import Origin, RawConfig
from stnctl.config.strict_yaml import KeyPath


def merge_over(base: RawConfig, top: RawConfig) -> RawConfig:
    """Return the merge of two configs, in which the values of ``top`` take precedence.

    Sections merge key by key. Any other value of ``top`` replaces that of ``base``: a scalar, null,
    a list, or a section of another kind than in ``base``, such as another set of distortions.

    Args:
        base: A config whose data is a dict.
        top: Another one, which extends ``base``.
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
    origins: dict[KeyPath, Origin],
    replaced: set[KeyPath],
) -> dict[str, Any]:
    """Return the merged section at ``path``; add the replaced paths of ``base`` to ``replaced``."""
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
    base: Any, top: Any, path: KeyPath, origins: dict[KeyPath, Origin]
) -> dict[str, Any] | None:
    """Return the section of the base that ``top`` merges into, or None if ``top`` replaces it.

    A name that is short for a section is expanded, with the origin of the name.
    """
    below = expand_shorthand(base, path) if isinstance(top, dict) else None
    if not isinstance(below, dict) or is_other_kind(top, below, path):
        return None
    for name in below:
        origins.setdefault((*path, name), origins[path])
    return below


def _is_in(path: KeyPath, replaced: set[KeyPath]) -> bool:
    return any(path[:end] in replaced for end in range(1, len(path) + 1))
