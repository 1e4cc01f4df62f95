"""Training of a sweep: an engine trains the missing cells, and problems are recorded."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stnctl.config.sweep_load import SweepFile
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked
from stnctl.sweeps.cell_training import CellEnd, CellTask
from stnctl.sweeps.cells import Cell
from stnctl.sweeps.engines.events import Engine, Event
from stnctl.sweeps.expansion import expand_sweep
from stnctl.sweeps.folder import (
    PlannedRun,
    SweepFolder,
    SweepPlan,
    sweep_folder,
    write_plan,
    write_problems,
)
from stnctl.sweeps.planning import FoundRun, find_cell_runs, plan_runs

BUSY_SECONDS = 1.0
"""Time between two looks at runs that another process trains."""


@dataclass(frozen=True)
class SweepSession:
    """Sweep with its cells, and the runs of these that exist.

    Attributes:
        sweep: The sweep.
        runs_dir: The folder of all runs.
        cells: Its cells.
        found: Fingerprint -> run, of the cells that have one.
        planned: The run of each cell, which may not exist yet.
    """

    sweep: SweepFile
    runs_dir: Path
    cells: Sequence[Cell]
    found: Mapping[str, FoundRun]
    planned: tuple[PlannedRun, ...]

    @property
    def folder(self) -> SweepFolder:
        """The folder of the sweep."""
        return sweep_folder(self.runs_dir, self.sweep.name)

    @property
    def plan(self) -> SweepPlan:
        """The plan of the sweep."""
        return SweepPlan(self.sweep.name, self.sweep.config.baseline, self.planned)

    @cached_property
    def broken(self) -> dict[str, str]:
        """Name of a cell whose configuration is not valid -> the problem."""
        return {cell.name: str(cell.problem) for cell in self.cells if cell.problem}

    @cached_property
    def missing(self) -> list[tuple[Cell, PlannedRun]]:
        """The valid cells that are not trained to their end, or not measured, and their runs."""
        test = self.sweep.config.test
        return [
            (cell, run)
            for cell, run in zip(self.cells, self.planned, strict=True)
            if cell.config is not None
            and not (
                cell.fingerprint in self.found and self.found[cell.fingerprint].is_done(test=test)
            )
        ]

    def tasks(self) -> list[CellTask]:
        """Return the trainings of the missing cells; those with equal threads are together."""
        tasks = [
            CellTask(
                cell=cell.name,
                run=run.run,
                sweep=self.sweep.name,
                config=cell.config.model_dump_json(),
                fingerprint=cell.fingerprint,
                threads=cell.config.train.threads,
                runs_dir=str(self.runs_dir.absolute()),
                folder=str(Path.cwd()),
                test=self.sweep.config.test,
            )
            for cell, run in self.missing
            if cell.config is not None
        ]
        return sorted(tasks, key=lambda task: task.threads)

    def save(self) -> None:
        """Write the plan of the sweep to its folder.

        Raises:
            StnctlError: If it can't be written.
        """
        write_plan(self.folder, self.plan, self.sweep.config.model_dump(mode="json"))
        write_problems(self.folder, self.broken)


def open_session(sweep: SweepFile, runs_dir: Path) -> SweepSession:
    """Return the session of a sweep. Nothing is written.

    Raises:
        ConfigError: If no cell of the sweep is valid.
        EnvironmentFault: If there is no permission to read the runs.
    """
    cells = expand_sweep(sweep)
    found = find_cell_runs(cells, runs_dir)
    return SweepSession(sweep, runs_dir, cells, found, plan_runs(cells, found, runs_dir))


def train_session(
    session: SweepSession,
    engine: Engine,
    on_event: Callable[[Event], object],
    should_stop: Callable[[], bool],
) -> dict[str, CellEnd]:
    """Train the missing cells, and return the end of each.

    The plan and the problems of failed cells are written to the folder of the sweep. Cells that
    another process trains are waited for, and trained on if this process ends before them.

    Args:
        session: The sweep.
        engine: The engine.
        on_event: Called with each event.
        should_stop: Returns whether trainings must save a checkpoint and stop.

    Returns:
        Name of a cell -> its end. Cells that were not started are missing.

    Raises:
        StnctlError: If the engine can't be started, or a file can't be written.
    """
    session.save()
    ends: dict[str, CellEnd] = {}
    problems = dict(session.broken)

    def handle(event: Event) -> bool:
        if isinstance(event, CellEnd):
            ends[event.cell] = event
            if event.outcome == "failed":
                problems[event.cell] = event.problem or ""
                write_problems(session.folder, problems)
        on_event(event)
        return False

    tasks = session.tasks()
    while tasks and not should_stop():
        engine.train(iter(tasks), handle, should_stop)
        tasks = [task for task in tasks if _is_busy(task, ends)]
        while tasks and all(map(_is_locked, tasks)) and not should_stop():
            time.sleep(BUSY_SECONDS)
    return ends


def _is_busy(task: CellTask, ends: Mapping[str, CellEnd]) -> bool:
    return task.cell in ends and ends[task.cell].outcome == "busy"


def _is_locked(task: CellTask) -> bool:
    return is_locked(RunDirectory(Path(task.runs_dir) / task.run))
