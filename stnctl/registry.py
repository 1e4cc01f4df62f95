"""Registry: a family of choices as one literal dict of names, readable without its members."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """Members by name, each imported at its first lookup.

    The names need no import, so the config schema and the command line read them at no cost.

    Args:
        kind: The noun for one member in messages, such as "transform".
        members: Name -> "module:attribute". An attribute that is a class is instantiated once,
            without arguments.

    Example:
        >>> TRANSFORMS = Registry("transform", {"affine": "stnctl.geometry...affine:Affine"})
        >>> TRANSFORMS["affine"].num_params
        6
    """

    def __init__(self, kind: str, members: Mapping[str, str]) -> None:
        """Store the names and where their members are; import nothing."""
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
        """Return whether there is a member of this name."""
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
        """Return a member by a name that a user gave.

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
