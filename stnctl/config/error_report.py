"""Report of the problems of an invalid config, one per key, in the order of the text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stnctl.config.json_schema import (
    Schema,
    Schemas,
    alternatives,
    discriminator_key,
    inside,
    kind_names,
    matching_schemas,
)
from stnctl.config.messages import describe_schemas, format_value
from stnctl.config.migrations import renamed_to
from stnctl.config.raw import RawConfig
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.unions import TAG_START
from stnctl.errors import ConfigProblem, nearest

_POINT_INSIDE = ("missing", "extra_forbidden")
_NONE = "none"
"""A choice that is suggested in place of null."""


def explain_validation(
    error: ValidationError, raw: RawConfig, root: Schema, most: int | None = None
) -> tuple[list[ConfigProblem], int]:
    """Return the problems of a config, at most one for each key, in the order of its text.

    Args:
        error: The pydantic error of the data of ``raw``.
        raw: The config before its validation.
        root: The JSON schema of the config.
        most: Maximum number of problems to explain; None for all.

    Returns:
        The first problems, and the number of all.
    """
    return _Report(raw, root).problems(error, most)


class _Sentence(NamedTuple):
    """The text of a problem, in three parts as in `ConfigProblem`."""

    problem: str
    got: str = ""
    suggestion: str = ""


class _Spot(NamedTuple):
    """A path in the data, with its value and the alternative schemas of the value."""

    path: KeyPath
    value: Any
    schemas: Schemas


@dataclass(frozen=True)
class _Report:
    raw: RawConfig
    root: Schema

    def problems(self, error: ValidationError, most: int | None) -> tuple[list[ConfigProblem], int]:
        """Return one problem for each of the first wrong paths, and the number of these paths.

        If pydantic found several problems for one path, only the first counts.
        """
        found: dict[KeyPath, Callable[[], _Sentence]] = {}
        for detail in error.errors(include_url=False):
            path, explain = self._explain(detail, self._locate(detail))
            found.setdefault(path, explain)
        rank = {path: index for index, path in enumerate(self.raw.origins)}
        ordered = sorted(found, key=lambda path: rank[self.raw.nearest_path(path)])
        problems = [
            self.raw.problem_at(path, text, got=got, suggestion=suggestion)
            for path in ordered[:most]
            for text, got, suggestion in [found[path]()]
        ]
        return problems, len(ordered)

    def _locate(self, detail: ErrorDetails) -> _Spot:
        """Return the wrong key or item; for an unknown or missing key, the section around it.

        The location in a pydantic error also has the tags of union branches, which are skipped,
        the indices of missing list items, and keys whose defaults do not fit other keys.
        """
        location = detail["loc"]
        if detail["type"] in _POINT_INSIDE:
            location = location[:-1]
        spot = _Spot((), self.raw.data, alternatives(self.root, self.root))
        for part in location:
            inner = inside(matching_schemas(spot.schemas, spot.value), part, self.root)
            if inner and (not isinstance(part, str) or part in spot.value):
                spot = _Spot((*spot.path, part), spot.value[part], inner)
            elif not str(part).startswith(TAG_START):
                break
        return spot

    def _explain(
        self, detail: ErrorDetails, spot: _Spot
    ) -> tuple[KeyPath, Callable[[], _Sentence]]:
        """Return the path to report, and a function that returns the text of the problem."""
        if detail["type"] == "extra_forbidden":
            path = (*spot.path, str(detail["loc"][-1]))
            return path, partial(self._unknown_key, path, spot)
        schemas = matching_schemas(spot.schemas, spot.value)
        if not schemas:
            path, sentence = _unknown_kind(spot)
            return path, lambda: sentence
        return spot.path, partial(_wrong_value, detail, spot.value, schemas)

    def _unknown_key(self, path: KeyPath, spot: _Spot) -> _Sentence:
        if new := renamed_to(path):
            return _Sentence(f"unknown key, renamed to {new}")
        key, naming = str(path[-1]), discriminator_key(spot.schemas)
        if owners := [schema for schema in spot.schemas if key in schema.get("properties", {})]:
            kinds = " or ".join(kind_names(owners))
            return _Sentence(f"unknown key here, {key} belongs to the {naming} {kinds}")
        if key in kind_names(spot.schemas):
            return _Sentence("unknown key", suggestion=f"write {{{naming}: {key}, ...}}")
        sections = matching_schemas(spot.schemas, spot.value)
        known = [name for schema in sections for name in schema.get("properties", {})]
        if suggestion := _did_you_mean(key, known):
            return _Sentence("unknown key", suggestion=suggestion)
        ends = [other for other in self._all_keys if f".{other}".endswith(f".{key}")]
        if ends:
            homes = dict.fromkeys(other.rpartition(".")[0] or "the top level" for other in ends)
            end = key.rpartition(".")[2]
            return _Sentence(f"unknown key here, {end} belongs in {' or '.join(homes)}")
        return _Sentence(f"unknown key, expected one of {', '.join(known)}")

    @cached_property
    def _all_keys(self) -> tuple[str, ...]:
        return tuple(_dotted_keys(self.root, self.root))


def _wrong_value(detail: ErrorDetails, value: Any, schemas: Schemas) -> _Sentence:
    raised = detail.get("ctx", {}).get("error")  # by a validator of the schema
    if isinstance(raised, Exception):
        return _Sentence(str(raised))
    if not describe_schemas(schemas):
        return _Sentence(detail["msg"])
    return _unexpected(value, schemas)


def _unexpected(value: Any, schemas: Schemas) -> _Sentence:
    suggestion = ""
    if isinstance(value, str):
        suggestion = _did_you_mean(value, _choices(schemas))
    elif value is None and _NONE in _choices(schemas):
        suggestion = f"write {_NONE} for none"
    return _Sentence(f"expected {describe_schemas(schemas)}", format_value(value), suggestion)


def _unknown_kind(spot: _Spot) -> tuple[KeyPath, _Sentence]:
    """Return the path and the problem of a section whose kind is missing or unknown."""
    key, names = discriminator_key(spot.schemas) or "", kind_names(spot.schemas)
    if key in spot.value:
        return (*spot.path, key), _unexpected(spot.value[key], [{"enum": names}])
    missing = f"the key {key} is missing"
    for name in spot.value:
        if name in names:
            return spot.path, _Sentence(missing, suggestion=f"write {{{key}: {name}, ...}}")
    return spot.path, _Sentence(f"{missing}, expected {describe_schemas([{'enum': names}])}")


def _dotted_keys(schema: Schema, root: Schema, outer: tuple[Schema, ...] = ()) -> Iterator[str]:
    """Yield the dotted keys in ``schema`` and its sections, without the keys inside lists.

    A section that contains itself is entered once; ``outer`` has the keys of the sections around.
    """
    for branch in alternatives(schema, root):
        keys = branch.get("properties", {})
        if any(keys is entered for entered in outer):
            continue
        for name, inner in keys.items():
            yield name
            yield from (f"{name}.{rest}" for rest in _dotted_keys(inner, root, (*outer, keys)))


def _choices(schemas: Schemas) -> list[str]:
    constants = [schema["const"] for schema in schemas if "const" in schema]
    return constants + [word for schema in schemas for word in schema.get("enum", [])]


def _did_you_mean(word: str, choices: list[str]) -> str:
    near = nearest(word, choices)
    return f"did you mean {near}?" if near else ""
