"""The run directory: its layout, its name, and how a new one is made."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Self

from stnctl.errors import UsageError
from stnctl.storage.atomic import atomic_write, fsync_directory
from stnctl.storage.disk import explain_os_errors

LATEST = "latest"
"""The word that stands for the run that started last; no run may be called so."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_STEM = 40  # leaves room for the time and a number within the 64 characters of a name


@dataclass(frozen=True)
class RunDirectory:
    """The folder of one run. The properties are the names in it, whether they exist or not."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the run, which is that of its folder."""
        return self.path.name

    @property
    def config(self) -> Path:
        """The resolved configuration."""
        return self.path / "config.yaml"

    @property
    def run(self) -> Path:
        """Who ran what, where and when: see `stnctl.runs.provenance`."""
        return self.path / "run.json"

    @property
    def metrics(self) -> Path:
        """One row per epoch: see `stnctl.runs.metrics`."""
        return self.path / "metrics.jsonl"

    @property
    def times(self) -> Path:
        """What each epoch took: see `stnctl.runs.metrics`."""
        return self.path / "times.jsonl"

    @property
    def log(self) -> Path:
        """What training said, plain text."""
        return self.path / "train.log"

    @property
    def checkpoints(self) -> Path:
        """The folder of commits and pointers: see `stnctl.runs.checkpoint_writer`."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The finished best model, as Keras saves it."""
        return self.path / "model.keras"

    @property
    def eval(self) -> Path:
        """The folder of evaluations."""
        return self.path / "eval"

    @property
    def inspect(self) -> Path:
        """The folder of inspections."""
        return self.path / "inspect"

    @property
    def report(self) -> Path:
        """The report, one HTML file."""
        return self.path / "report.html"

    @property
    def lock(self) -> Path:
        """The file that a process holds while it trains: see `stnctl.runs.lock`."""
        return self.path / ".lock"

    @property
    def is_run(self) -> bool:
        """Whether the folder is a run: it has a config.yaml and a run.json."""
        try:
            return self.config.is_file() and self.run.is_file()
        except OSError:
            return False

    @classmethod
    def create(cls, runs_dir: Path, name: str | None, stem: str, now: datetime) -> Self:
        """Make the folder of a new run.

        ``runs_dir`` is made too where it is missing, and then told to git as ignored.

        Args:
            runs_dir: The folder of all runs.
            name: The run's name, or None to make one from ``stem`` and ``now``.
            stem: First part of a made name.
            now: Second part of a made name.

        Raises:
            UsageError: If ``name`` is not legal, or taken.
            EnvironmentFault: If a folder can't be made.
        """
        check_name(runs_dir, name)
        with explain_os_errors(runs_dir, doing="make a run in", safe="no run was made"):
            make_runs_dir(runs_dir)
            for candidate in [name] if name is not None else _candidates(stem, now):
                run = cls(runs_dir / candidate)
                try:
                    run.path.mkdir()
                except FileExistsError:
                    continue
                fsync_directory(runs_dir)
                return run
        raise _taken(cls(runs_dir / str(name)))


def check_name(runs_dir: Path, name: str | None) -> None:
    """Refuse a name for a new run that is not legal, or taken. None is for a name to be made.

    Raises:
        UsageError: If `RunDirectory.create` would raise one.
    """
    if name is not None:
        _check_letters(name)
        if os.path.lexists(runs_dir / name):
            raise _taken(RunDirectory(runs_dir / name))


def make_runs_dir(runs_dir: Path) -> None:
    """Make the folder of all runs where it is missing, and then tell it to git as ignored.

    Raises:
        OSError: If it can't be made.
        EnvironmentFault: If it can't be written to.
    """
    try:
        runs_dir.mkdir(parents=True)
    except FileExistsError:
        return
    atomic_write(runs_dir / ".gitignore", b"*\n")


def planned_name(stem: str, now: datetime) -> str:
    """Return ``<stem>-YYYYMMDD-HHMMSS``, the stem cleaned to the letters that a name may have."""
    legal = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).lstrip("._-")[:_LONGEST_STEM].rstrip("._-")
    return f"{legal or 'run'}-{now:%Y%m%d-%H%M%S}"


def _candidates(stem: str, now: datetime) -> Iterator[str]:
    planned = planned_name(stem, now)
    yield planned
    for number in count(2):
        yield f"{planned}-{number}"


def _check_letters(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a run can't be named {name!r}: a name has 1 to 64 letters, digits, '.', '_' or '-' "
            "and begins with a letter or a digit"
        )
    if name == LATEST:
        raise UsageError(f"a run can't be named {name!r}: the word stands for the newest run")


def _taken(run: RunDirectory) -> UsageError:
    if run.is_run:
        hint = f"resume it: stnctl train --resume {run.path}; or choose another name"
    else:
        hint = f"it is not a run: remove {run.path}, or choose another name"
    return UsageError(f"{run.path} exists already", hint=hint)
