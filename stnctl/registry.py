"""Registry of objects such as transforms, whose names are known without an import of them."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """A mapping from names to members, each imported at its first lookup.

    Reading the names imports no member, so it is cheap for the config schema and the command line.

    Args:
        kind: Noun for a member in messages, such as "transform".
        members: Name -> "module:attribute". If the attribute is a class, the member is one instance
            of it, created without arguments.

    Example:
        >>> TRANSFORMS = Registry("transform", {"affine": "stnctl.geometry...affine:Affine"})
        >>> TRANSFORMS["affine"].num_params
        6
    """

    def __init__(self, kind: str, members: Mapping[str, str]) -> None:
        """Store the names and the modules of their members; import nothing."""
        self.kind = kind
        self._places = dict(members)
        self._loaded: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        """Return a member, the same object each time; raise KeyError for an unknown name."""
        if name not in self._loaded:
            module, _, attribute = self._places[name].partition(":")
            found = getattr(import_module(module), attribute)
            self._loaded.setdefault(name, found() if isinstance(found, type) else found)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a member with this name."""
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        """Return an iterator over the names, in their order."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self._places)

    def __repr__(self) -> str:
        """Return the kind and the names."""
        return f"Registry({self.kind!r}: {', '.join(self)})"

    def lookup(self, name: str) -> T:
        """Return the member with a name that a user gave.

        Raises:
            ValueError: If the name is unknown. The message lists the names.
        """
        self.check(name)
        return self[name]

    def check(self, name: str) -> None:
        """Reject an unknown name, without importing the member.

        Raises:
            ValueError: As in `lookup`.
        """
        if name not in self:
            raise ValueError(f"{self.kind} must be one of {', '.join(self)}, got {name!r}")
