"""Completion of arguments in the shell: names of runs and of shipped configurations, and files.

It is fast, and prints no errors.
"""

import os
import re
from pathlib import Path

import typer

from stnctl.config.choices import RUN_NAME
from stnctl.config.shipped import SUFFIX, shipped_names, shipped_sweeps
from stnctl.runs.directory import LATEST, SWEEPS, RunDirectory


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


def complete_sweep(incomplete: str) -> list[str]:
    """Return the shipped sweeps, and the names of `complete_config`."""
    names = [name for name in shipped_sweeps() if name.startswith(incomplete)]
    return [*names, *complete_config(incomplete)]


def complete_run(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of runs that begin with a text, and `latest`.

    The folder is that of ``--runs-dir``. Names that a shell could run as code are left out: only
    those that a new run can have are returned.
    """
    runs_dir = Path(context.params.get("runs_dir") or os.environ.get("STNCTL_RUNS_DIR", "runs"))
    return [name for name in (*_run_names(runs_dir), LATEST) if name.startswith(incomplete)]


def complete_started_sweep(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of sweeps that were started, and that begin with a text.

    The folder of the runs, and the names, are those of `complete_run`.
    """
    runs_dir = Path(context.params.get("runs_dir") or os.environ.get("STNCTL_RUNS_DIR", "runs"))
    try:
        names = sorted(os.listdir(runs_dir / SWEEPS))  # noqa: PTH208 - faster
    except OSError:
        return []
    return [name for name in names if name.startswith(incomplete) and re.fullmatch(RUN_NAME, name)]


def _run_names(runs_dir: Path) -> list[str]:
    try:
        names = sorted(os.listdir(runs_dir))  # noqa: PTH208 - faster
    except OSError:
        return []
    return [
        name
        for name in names
        if re.fullmatch(RUN_NAME, name) and RunDirectory(runs_dir / name).is_run
    ]
