"""Plan of a sweep: the run of each cell, found by its configuration, or the name of a new run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from stnctl.errors import StnctlError
from stnctl.runs import summary_files
from stnctl.runs.activity import State, state_of, touched_at
from stnctl.runs.config_record import fingerprint_of
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lookup import list_runs
from stnctl.runs.provenance import read_record
from stnctl.sweeps.cells import Cell, unique_names
from stnctl.sweeps.folder import PlannedRun

ENDED = ("finished", "diverged")
"""States of runs that are not trained again."""


@dataclass(frozen=True)
class FoundRun:
    """Run with the configuration of a cell.

    Attributes:
        run: The run.
        state: Its state.
        record: Its run.json.
    """

    run: RunDirectory
    state: State
    record: Mapping[str, Any]

    def is_done(self, *, test: bool) -> bool:
        """Return whether nothing is left to do.

        Args:
            test: Whether a finished run must be measured on the test images.
        """
        return self.state in ENDED and (self.state != "finished" or not test or self.is_measured)

    @cached_property
    def is_measured(self) -> bool:
        """Whether the best checkpoint is measured on the test images."""
        try:
            best = summary_files.best_epoch(self.run)
            return bool(summary_files.test_report(self.run, self.record, best))
        except StnctlError:
            return False


def find_cell_runs(cells: Sequence[Cell | PlannedRun], runs_dir: Path) -> dict[str, FoundRun]:
    """Return fingerprint -> the run with this configuration, of the cells that have one.

    Of several runs, it is a finished one, a measured one of these, and else the last touched one.
    Broken runs are skipped.

    Args:
        cells: The cells.
        runs_dir: The folder of all runs.

    Raises:
        EnvironmentFault: If there is no permission to read the folder.
    """
    wanted = {cell.fingerprint for cell in cells}
    found: dict[str, list[FoundRun]] = {}
    for run in list_runs(runs_dir):
        try:
            record = read_record(run)
            mark = fingerprint_of(run, record)
        except StnctlError:
            continue
        if mark in wanted:
            found.setdefault(mark, []).append(FoundRun(run, state_of(run, record), record))
    return {
        mark: runs[0] if len(runs) == 1 else max(runs, key=_rank) for mark, runs in found.items()
    }


def _rank(found: FoundRun) -> tuple[bool, bool, datetime, str]:
    """Return a value that is largest for the run to choose of several."""
    touched = touched_at(found.run, found.record)
    return found.state in ENDED, found.is_measured, touched, found.run.name


def plan_runs(
    cells: Sequence[Cell], found: Mapping[str, FoundRun], runs_dir: Path
) -> tuple[PlannedRun, ...]:
    """Return the runs of the cells: those that were found, and else new ones.

    A new run has the name of its cell, with a number if this name is taken.

    Args:
        cells: The cells.
        found: The runs of `find_cell_runs`.
        runs_dir: The folder of all runs.

    Raises:
        EnvironmentFault: If there is no permission to read the folder.
    """
    new = [cell for cell in cells if cell.fingerprint not in found]
    taken = [run.name for run in list_runs(runs_dir)] if new else []
    free = unique_names((cell.name for cell in new), taken)
    names = {cell.name: name for cell, name in zip(new, free, strict=True)}
    names |= {
        cell.name: found[cell.fingerprint].run.name for cell in cells if cell.fingerprint in found
    }
    return tuple(
        PlannedRun(cell.name, names[cell.name], cell.values, cell.seed, cell.fingerprint)
        for cell in cells
    )
