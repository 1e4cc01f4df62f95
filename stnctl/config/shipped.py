"""Shipped configurations: the package contains them, and each has a name, such as `stn_rts`.

An installed package has a copy of the folders `configs` and `schemas` of the repository. In a
repository, these folders are beside the package.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from stnctl.errors import UsageError, did_you_mean

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "shipped"

FOLDER = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""Folder of the two folders."""

CONFIGS = "configs"
SWEEPS = "configs/sweeps"
SCHEMAS = ("schemas/stnctl.schema.json", "schemas/sweep.schema.json")
"""Files of the JSON Schemas of configs and of sweeps."""

SUFFIX = ".yaml"

SHIPPED_HINT = "`stnctl configs` lists the shipped configurations"
"""Next step after a wrong name of a config."""


@dataclass(frozen=True)
class LocatedConfig:
    """File of a config.

    Attributes:
        path: The file.
        is_shipped: Whether it was found by the name of a shipped config. Messages then leave its
            folder out, which is in the installation.
    """

    path: Path
    is_shipped: bool = False

    def __str__(self) -> str:
        """Return the name of the file in messages."""
        return f"shipped {self.path.name}" if self.is_shipped else str(self.path)

    def extended(self, text: str) -> "LocatedConfig":
        """Return the config that ``text`` names in this one: a path, or a shipped config.

        Args:
            text: A path, relative to the folder of this config. If there is no file at this path,
                it may also be the name of a shipped config.
        """
        path = self.path.parent / os.path.expanduser(text)  # noqa: PTH111 - keeps an unknown ~user
        found = _find(path, text)
        return LocatedConfig(found.path, is_shipped=found.is_shipped or self.is_shipped)


def locate_config(path: Path) -> LocatedConfig:
    """Return the config at ``path``, or the shipped config with this name if no file is there."""
    return _find(path, str(path))


def locate_sweep(path: Path) -> LocatedConfig:
    """Return the sweep or config at ``path``, or the shipped one with this name."""
    found = locate_config(path)
    shipped = FOLDER / SWEEPS / f"{path}{SUFFIX}"
    if found.is_shipped or os.path.lexists(path) or str(path) not in shipped_sweeps():
        return found
    return LocatedConfig(shipped, is_shipped=True)


def shipped_sweeps() -> list[str]:
    """Return the names of all shipped sweeps, sorted."""
    return sorted(path.stem for path in (FOLDER / SWEEPS).glob(f"*{SUFFIX}"))


def shipped_names() -> list[str]:
    """Return the names of all shipped configs, sorted."""
    return sorted(path.stem for path in (FOLDER / CONFIGS).glob(f"*{SUFFIX}"))


def read_shipped(name: str) -> bytes:
    """Return the content of a shipped config.

    Raises:
        UsageError: If there is no shipped config ``name``.
    """
    if name not in (names := shipped_names()):
        raise UsageError(
            f"no shipped configuration {name!r}{did_you_mean(name, names)}",
            hint=f"the shipped configurations: {', '.join(names)}",
        )
    return shipped_file(name).read_bytes()


def read_shipped_sweep(name: str) -> bytes:
    """Return the content of a shipped sweep, which must exist."""
    return (FOLDER / SWEEPS / f"{name}{SUFFIX}").read_bytes()


def shipped_file(name: str) -> Path:
    """Return the file of a shipped config, which is not checked to exist."""
    return FOLDER / CONFIGS / f"{name}{SUFFIX}"


def _find(path: Path, name: str) -> LocatedConfig:
    if name in shipped_names() and (path.is_dir() or not os.path.lexists(path)):
        return LocatedConfig(shipped_file(name), is_shipped=True)
    return LocatedConfig(path)
