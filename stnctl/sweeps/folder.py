"""Folder of a sweep: its cells, the names of their runs, and the problems of failed cells.

The folder is ``sweeps/NAME`` in the folder of all runs. The runs themselves are beside ``sweeps``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stnctl.errors import InputError, UsageError, did_you_mean
from stnctl.runs.directory import SWEEPS, RunDirectory
from stnctl.storage.atomic import atomic_write
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.json_files import json_bytes, parse_json
from stnctl.storage.regular_file import read_regular_file

PRUNED = "ended early: its result was worse than the median of the trials before"
"""Problem of the cell of a trial that a search has pruned."""

_VERSION = 1
_MAX_BYTES = 2**25
_MAX_PROBLEM = 2000
_MAX_ESCAPE = 16
"""Maximum number of bytes of a character in JSON, with those for the name of its cell."""


@dataclass(frozen=True)
class PlannedRun:
    """Run of a cell, which may not exist yet.

    Attributes:
        cell: Name of the cell.
        run: Name of its run.
        values: Dotted key -> value of the keys that differ between the groups of the sweep.
        seed: The seed.
        fingerprint: Fingerprint of the configuration; "" if this is not valid.
    """

    cell: str
    run: str
    values: Mapping[str, Any]
    seed: int
    fingerprint: str


@dataclass(frozen=True)
class SweepPlan:
    """Plan of a sweep.

    Attributes:
        name: Name of the sweep.
        baseline: Values of the group with which the others are compared; None for the first group.
        runs: The runs of its cells.
    """

    name: str
    baseline: Mapping[str, Any] | None
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True)
class SweepFolder:
    """Folder of a sweep. Its properties are the paths of its content, which may not exist."""

    path: Path

    @property
    def plan(self) -> Path:
        """The plan of the sweep, see `read_plan`."""
        return self.path / "cells.json"

    @property
    def problems(self) -> Path:
        """The problems of failed cells, see `read_problems`."""
        return self.path / "problems.json"

    @property
    def imported(self) -> Path:
        """The results of cells that were trained elsewhere."""
        return self.path / "imported.json"

    @property
    def config(self) -> Path:
        """The sweep with all its keys, to be read by people."""
        return self.path / "sweep.yaml"

    @property
    def report(self) -> Path:
        """The page that `stnctl report --sweep` writes."""
        return self.path / "report.html"

    @property
    def jobs(self) -> Path:
        """The folder for the files of an engine, such as those of Slurm."""
        return self.path / "jobs"

    @property
    def trials(self) -> Path:
        """The journal of a search, which Optuna writes."""
        return self.path / "trials.journal"


def sweep_folder(runs_dir: Path, name: str) -> SweepFolder:
    """Return the folder of a sweep, which may not exist."""
    return SweepFolder(runs_dir / SWEEPS / name)


def find_sweep(runs_dir: Path, name: str) -> SweepFolder:
    """Return the folder of a sweep that was started.

    Raises:
        InputError: If there is no such sweep.
    """
    folder = sweep_folder(runs_dir, name)
    names = list_sweeps(runs_dir)
    if name in names:
        return folder
    raise InputError(
        f"no sweep {name!r} in {runs_dir}{did_you_mean(name, names)}",
        hint=f"the sweeps there: {', '.join(names) or 'none'}",
    )


def list_sweeps(runs_dir: Path) -> list[str]:
    """Return the names of the sweeps that were started, sorted."""
    with explain_os_errors(runs_dir, doing="list the sweeps in", safe="nothing was changed"):
        plans = [SweepFolder(path).plan for path in (runs_dir / SWEEPS).glob("*")]
        return sorted(plan.parent.name for plan in plans if plan.is_file())


def write_plan(folder: SweepFolder, plan: SweepPlan, config: Mapping[str, Any]) -> None:
    """Write the plan of a sweep, and its configuration.

    Args:
        folder: The folder. It is created if it does not exist.
        plan: The plan.
        config: The sweep as plain data.

    Raises:
        UsageError: If the folder of the sweeps is a run.
        EnvironmentFault: If a file can't be written.
    """
    from stnctl.config.dump import dump_data

    if RunDirectory(folder.path.parent).is_run:
        raise UsageError(
            f"{folder.path.parent} is a run, expected the folder of sweeps",
            hint="rename this run, or choose another folder with --runs-dir",
        )
    with explain_os_errors(folder.path, doing="create", safe="nothing was trained"):
        folder.path.mkdir(parents=True, exist_ok=True)
    atomic_write(folder.config, dump_data(dict(config)).encode())
    document = {
        "schema_version": _VERSION,
        "name": plan.name,
        "baseline": plan.baseline,
        "cells": [asdict(run) for run in plan.runs],
    }
    atomic_write(folder.plan, json_bytes(document, indent=None))


def read_plan(folder: SweepFolder) -> SweepPlan:
    """Return the plan of a sweep.

    Raises:
        InputError: If the plan is missing or not valid.
        EnvironmentFault: If there is no permission to read it.
    """
    document = parse_json(read_regular_file(folder.plan, _MAX_BYTES), str(folder.plan))
    match document:
        case {"schema_version": 1, "name": str(name), "baseline": baseline, "cells": [*cells]}:
            if baseline is None or isinstance(baseline, dict):
                return SweepPlan(name, baseline, tuple(_planned(folder, cell) for cell in cells))
    raise _invalid(folder)


def write_problems(folder: SweepFolder, problems: Mapping[str, str]) -> None:
    """Write the problems of failed cells. Long ones are cut, so that the file can be read again.

    Args:
        folder: The folder of the sweep.
        problems: Name of a cell -> its problem.

    Raises:
        EnvironmentFault: If the file can't be written.
    """
    room = _MAX_BYTES // (_MAX_ESCAPE * (len(problems) + 1))
    shown = {cell: text[: min(_MAX_PROBLEM, room)] for cell, text in problems.items()}
    atomic_write(folder.problems, json_bytes(shown))


def read_problems(folder: SweepFolder) -> dict[str, str]:
    """Return the problems of failed cells: name of a cell -> its problem.

    Raises:
        InputError: If the file is not valid.
        EnvironmentFault: If there is no permission to read it.
    """
    if not folder.problems.exists():
        return {}
    found = parse_json(read_regular_file(folder.problems, _MAX_BYTES), str(folder.problems))
    return {cell: text for cell, text in found.items() if isinstance(text, str)}


def _planned(folder: SweepFolder, cell: Any) -> PlannedRun:
    match cell:
        case {
            "cell": str(name),
            "run": str(run),
            "values": dict(values),
            "seed": int(seed),
            "fingerprint": str(mark),
        } if Path(run).name == run and run not in ("", ".."):
            return PlannedRun(name, run, values, seed, mark)
    raise _invalid(folder)


def _invalid(folder: SweepFolder) -> InputError:
    return InputError(
        f"{folder.plan} is not a plan of this version", hint="start the sweep again to write it"
    )
