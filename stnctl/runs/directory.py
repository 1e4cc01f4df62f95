"""Run directory: layout, name, and creation."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Self

from stnctl.config.choices import RUN_NAME
from stnctl.errors import UsageError
from stnctl.storage.atomic import atomic_write, fsync_directory
from stnctl.storage.disk import explain_os_errors

LATEST = "latest"
"""Keyword for the run that was started last. A run can't have this name."""

PREVIEWS = "preview"
"""Folder of the previews, in the folder of all runs. A run can't have this name."""

_RESERVED = {
    LATEST: "it is the keyword for the newest run",
    PREVIEWS: "it is the folder of the previews",
}

_MAX_STEM = 40  # leaves room for the time and a number within the 64 characters of a name


@dataclass(frozen=True)
class RunDirectory:
    """Folder of a run. Its properties are the paths of its content, which may not exist."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the run and of its folder."""
        return self.path.name

    @property
    def config(self) -> Path:
        """The complete configuration of the run."""
        return self.path / "config.yaml"

    @property
    def run(self) -> Path:
        """Provenance and events: see `stnctl.runs.provenance`."""
        return self.path / "run.json"

    @property
    def metrics(self) -> Path:
        """Metrics, one row per epoch: see `stnctl.runs.metrics`."""
        return self.path / "metrics.jsonl"

    @property
    def times(self) -> Path:
        """Durations, one row per epoch: see `stnctl.runs.metrics`."""
        return self.path / "times.jsonl"

    @property
    def log(self) -> Path:
        """Output of the native code of the backend during training, as plain text."""
        return self.path / "train.log"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints and pointers: see `stnctl.runs.checkpoint_writer`."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The best model of a finished run, in the Keras format."""
        return self.path / "model.keras"

    @property
    def eval(self) -> Path:
        """The folder of the results of `stnctl eval`."""
        return self.path / "eval"

    @property
    def inspect(self) -> Path:
        """The folder of the results of `stnctl inspect`."""
        return self.path / "inspect"

    @property
    def lock(self) -> Path:
        """The file that the training process locks: see `stnctl.runs.lock`."""
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
        """Create the folder of a new run, and the folder of all runs by `make_runs_dir`.

        Args:
            runs_dir: The folder of all runs.
            name: Name of the run. If it is None, the run gets the name of `planned_name`, with a
                number added if this name is taken.
            stem: First part of a planned name.
            now: Time in a planned name.

        Raises:
            UsageError: If ``name`` is not valid, or is taken.
            EnvironmentFault: If a folder can't be created.
        """
        check_name(runs_dir, name)
        with explain_os_errors(runs_dir, doing="create a run in", safe="no run was created"):
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
    """Raise if a new run can't have this name. None stands for a planned name, and passes.

    Raises:
        UsageError: If the name is not valid, or is taken.
    """
    if name is not None:
        _check_valid(name)
        if os.path.lexists(runs_dir / name):
            raise _taken(RunDirectory(runs_dir / name))


def make_runs_dir(runs_dir: Path) -> None:
    """Create the folder of all runs if it does not exist, with a .gitignore that hides its content.

    Raises:
        OSError: If the folder can't be created.
        EnvironmentFault: If the .gitignore can't be written.
    """
    try:
        runs_dir.mkdir(parents=True)
    except FileExistsError:
        return
    atomic_write(runs_dir / ".gitignore", b"*\n")


def planned_name(stem: str, now: datetime) -> str:
    """Return ``<stem>-YYYYMMDD-HHMMSS``, a valid name of a run.

    See `clean_stem`.
    """
    return f"{clean_stem(stem)}-{now:%Y%m%d-%H%M%S}"


def without_time(name: str) -> str:
    """Return the name of a run without the time of a `planned_name`."""
    return re.sub(r"-[0-9]{8}-[0-9]{6}(-[0-9]+)?$", "", name)


def clean_stem(stem: str) -> str:
    """Return ``stem`` as the name of a file or folder: "run", if no valid character is left.

    Invalid characters of ``stem`` are replaced by "-", and a long ``stem`` is shortened.
    """
    valid = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).lstrip("._-")[:_MAX_STEM].rstrip("._-")
    return valid or "run"


def _candidates(stem: str, now: datetime) -> Iterator[str]:
    planned = planned_name(stem, now)
    yield planned
    for number in count(2):
        yield f"{planned}-{number}"


def _check_valid(name: str) -> None:
    if not re.fullmatch(RUN_NAME, name):
        raise UsageError(
            f"a run can't be named {name!r}: a name has 1 to 64 letters, digits, '.', '_' or '-' "
            "and begins with a letter or a digit"
        )
    if reserved := _RESERVED.get(name.lower()):  # some disks ignore case
        raise UsageError(f"a run can't be named {name!r}: {reserved}")


def _taken(run: RunDirectory) -> UsageError:
    if run.is_run:
        hint = f"resume it: stnctl train --resume {run.path}; or choose another name"
    else:
        hint = f"it is not a run: remove {run.path}, or choose another name"
    return UsageError(f"{run.path} exists already", hint=hint)
