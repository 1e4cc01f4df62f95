"""A config as plain data before its validation, with the origin of every key."""

from dataclasses import dataclass, field, replace
from typing import Any

from stnctl.config.messages import format_path
from stnctl.config.strict_yaml import KeyPath, parse_yaml
from stnctl.errors import ConfigProblem


@dataclass(frozen=True)
class Origin:
    """The place where a key was given.

    Attributes:
        text: ``file:line:column``, or ``--set key=value``.
        key: The path of the key of an override; None for a place in a file.
    """

    text: str
    key: KeyPath | None = None


@dataclass(frozen=True)
class RawConfig:
    """The data of a config, with the origin of each key.

    The fields can't be reassigned, but callers may change the objects in them.

    Attributes:
        data: The content of the YAML text as plain data. In a valid config, it is a dict.
        origins: Path of a key or list item -> its origin, in the order in which they were given.
            The empty path is the path of the whole text.
        spellings: As in `Document`, only for a config that was just parsed.
    """

    data: Any
    origins: dict[KeyPath, Origin]
    spellings: dict[KeyPath, str] = field(default_factory=dict)

    def problem_at(
        self, path: KeyPath, problem: str, *, got: str = "", suggestion: str = ""
    ) -> ConfigProblem:
        """Return a problem of the key or item at ``path``, with its origin.

        Args:
            path: The key or item. If it does not exist, the origin of the nearest section or list
                around it is used.
            problem: As in `ConfigProblem`.
            got: As in `ConfigProblem`.
            suggestion: As in `ConfigProblem`.
        """
        origin = self.origins[self.nearest_path(path)]
        return ConfigProblem(
            problem,
            got=got,
            suggestion=suggestion,
            path=format_path(path),
            origin=origin.text,
            is_path_in_origin=origin.key == path,
        )

    def locate(self, problem: ConfigProblem) -> ConfigProblem:
        """Return a problem with the origin of its key, or of the nearest section around the key.

        It is unchanged if it has an origin or no key, or if the config does not give a section
        around the key.
        """
        around = [
            path
            for path in self.origins
            if path
            and f"{problem.path}.".startswith((f"{(name := format_path(path))}.", f"{name}["))
        ]
        if problem.origin or not around:
            return problem
        nearest = max(around, key=len)
        origin = self.origins[nearest]
        is_path_in_origin = origin.key == nearest and format_path(nearest) == problem.path
        return replace(problem, origin=origin.text, is_path_in_origin=is_path_in_origin)

    def nearest_path(self, path: KeyPath) -> KeyPath:
        """Return the longest prefix of ``path``, or ``path`` itself, that has an origin."""
        starts = (path[:end] for end in range(len(path), -1, -1))
        return next(start for start in starts if start in self.origins)


def parse_raw(text: str, *, where: str) -> RawConfig:
    """Return the data and the origins of a YAML text. An empty text gives an empty section.

    Args:
        text: See `parse_yaml`.
        where: The name of the text in messages, usually its file.

    Raises:
        YamlError: If the text is not YAML of the kind that `parse_yaml` accepts.
    """
    document = parse_yaml(text, where=where)
    origins = {
        path: Origin(f"{where}:{line}:{column}") for path, (line, column) in document.places.items()
    }
    data = {} if document.data is None else document.data
    return RawConfig(data, origins, document.spellings)
