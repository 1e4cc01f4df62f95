"""Completion of arguments in the shell: the names of shipped configurations, and files."""

from pathlib import Path

from stnctl.config.shipped import SUFFIX, shipped_names


def complete_shipped(incomplete: str) -> list[str]:
    """Return the names of shipped configurations that begin with a text."""
    return [name for name in shipped_names() if name.startswith(incomplete)]


def complete_config(incomplete: str) -> list[str]:
    """Return the shipped configurations and the YAML files that begin with a text.

    Without a match, the shell completes the names of all files and folders.
    """
    pattern = Path(f"{incomplete}*{SUFFIX}")
    try:
        files = sorted(map(str, pattern.parent.glob(pattern.name)))
    except (OSError, ValueError):  # a folder that can't be read, or ** in the text
        files = []
    names = [*complete_shipped(incomplete), *files]
    return [name for name in names if name.startswith(incomplete)]
