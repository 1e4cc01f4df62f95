"""Training of a sweep: an engine trains the missing cells, and problems are recorded."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from stnctl.config.sweep_load import SweepFile
from stnctl.errors import UsageError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked
from stnctl.sweeps.cell_task import CellEnd, CellTask
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
from stnctl.sweeps.imported_results import (
    Imported,
    read_documents,
    read_imported,
    write_imported,
)
from stnctl.sweeps.planning import FoundRun, find_cell_runs, plan_runs

BUSY_SECONDS = 1.0
"""Time between two looks at runs that another process trains."""


class SweepSession:
    """Sweep with its cells, and the runs of these.

    Attributes:
        sweep: The sweep.
        runs_dir: The folder of all runs.
        folder: The folder of the sweep.
        cells: Its cells.
        planned: The run of each cell, which may not exist yet.
        found: Fingerprint -> run, of the cells that had one when they were added.
        imported: Fingerprint -> result, of cells that were trained elsewhere.
        problems: Name of a cell that is not valid or has failed -> the problem.
    """

    def __init__(self, sweep: SweepFile, runs_dir: Path) -> None:
        """Store the arguments, and read the imported results. Nothing is written."""
        self.sweep = sweep
        self.runs_dir = runs_dir
        self.folder: SweepFolder = sweep_folder(runs_dir, sweep.name)
        self.cells: list[Cell] = []
        self.planned: list[PlannedRun] = []
        self.found: dict[str, FoundRun] = {}
        self.imported: Imported = read_imported(self.folder)
        self.problems: dict[str, str] = {}

    @property
    def num_cells(self) -> int:
        """Number of cells of the whole sweep."""
        return len(self.cells)

    @property
    def num_missing(self) -> int:
        """Number of cells to train or to measure."""
        return len(self.missing())

    @property
    def threads(self) -> int:
        """Number of threads of a cell, the largest if they differ."""
        return max(cell.config.train.threads for cell in self.cells if cell.config)

    def add(self, cells: Sequence[Cell]) -> None:
        """Add cells, and find their runs.

        Raises:
            EnvironmentFault: If there is no permission to read the runs.
        """
        found = find_cell_runs(cells, self.runs_dir)
        self.cells += cells
        self.planned += plan_runs(cells, found, self.runs_dir)
        self.found |= found
        self.problems |= {cell.name: str(cell.problem) for cell in cells if cell.problem}

    def missing(self) -> list[tuple[Cell, PlannedRun]]:
        """Return the valid cells that are not trained to their end or not measured."""
        return [
            (cell, run)
            for cell, run in zip(self.cells, self.planned, strict=True)
            if cell.config is not None and not self.is_done(cell)
        ]

    def is_done(self, cell: Cell) -> bool:
        """Return whether a cell was complete when it was added: its run, or an imported result."""
        found, test = self.found.get(cell.fingerprint), self.sweep.config.test
        return (found is not None and found.is_done(test=test)) or self.is_imported(cell)

    def is_imported(self, cell: Cell) -> bool:
        """Return whether a cell was trained elsewhere, and measured if the sweep measures cells."""
        result = self.imported.get(cell.fingerprint)
        if result is None:
            return False
        is_measured = result.state != "finished" or result.test_accuracy is not None
        return is_measured or not self.sweep.config.test

    def tasks(self) -> Iterator[CellTask]:
        """Yield the trainings of the missing cells; those with equal threads are together."""
        tasks = [self.task(cell, run) for cell, run in self.missing()]
        yield from sorted(tasks, key=lambda task: task.threads)

    def task(self, cell: Cell, run: PlannedRun) -> CellTask:
        """Return the training of a cell.

        Raises:
            ValueError: If the configuration of the cell is not valid.
        """
        if cell.config is None:
            raise ValueError(f"the configuration of {cell.name} is not valid")
        return CellTask(
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

    def refined(self, end: CellEnd) -> CellEnd:
        """Return the end of a cell as the sweep sees it."""
        return end

    def take(self, event: Event) -> bool:
        """Take an event, and return whether the training of its cell must stop."""
        if isinstance(event, CellEnd) and event.outcome == "failed":
            self.problems[event.cell] = event.problem or ""
            write_problems(self.folder, self.problems)
        return False

    def save(self) -> None:
        """Write the plan of the sweep to its folder.

        Raises:
            StnctlError: If it can't be written.
        """
        plan = SweepPlan(self.sweep.name, self.sweep.config.baseline, tuple(self.planned))
        write_plan(self.folder, plan, self.sweep.config.model_dump(mode="json"))
        write_problems(self.folder, self.problems)
        if self.imported:
            write_imported(self.folder, self.imported)


def open_session(sweep: SweepFile, runs_dir: Path, documents: Sequence[Path] = ()) -> SweepSession:
    """Return the session of a sweep. Nothing is written.

    Args:
        sweep: The sweep.
        runs_dir: The folder of all runs.
        documents: Files with results of cells that were trained elsewhere, see `read_documents`.

    Raises:
        ConfigError: If no cell of the sweep is valid.
        UsageError: If Optuna is needed and not installed, the search had other settings before, or
            there are ``documents`` for a search.
        InputError: If one of the ``documents`` can't be read.
        EnvironmentFault: If there is no permission to read the runs.
    """
    if sweep.config.search is not None:
        from stnctl.sweeps.search import SearchSession

        if documents:
            raise UsageError(
                "--results: the trials of a search can't be trained elsewhere",
                hint="use it for a sweep with `grid`, `include` or `random`",
            )
        return SearchSession(sweep, sweep.config.search, runs_dir)
    session = SweepSession(sweep, runs_dir)
    session.imported |= read_documents(documents)
    session.add(expand_sweep(sweep))
    return session


def train_session(
    session: SweepSession,
    engine: Engine,
    on_event: Callable[[Event], object],
    should_stop: Callable[[], bool],
) -> dict[str, CellEnd]:
    """Train the missing cells, and return the end of each.

    The plan and the problems of failed cells are written to the folder of the sweep. Cells that
    another process trains are waited for, and resumed if that process ends before them.

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
    given: dict[str, CellTask] = {}

    def give(tasks: Iterator[CellTask]) -> Iterator[CellTask]:
        for task in tasks:
            given[task.cell] = task
            yield task

    def handle(event: Event) -> bool:
        if isinstance(event, CellEnd):
            ends[event.cell] = event = session.refined(event)
        must_stop = session.take(event)
        on_event(event)
        return must_stop

    engine.train(give(session.tasks()), handle, should_stop)
    while (busy := _busy(given, ends)) and not should_stop():
        if any(not is_locked(RunDirectory(session.runs_dir / task.run)) for task in busy):
            engine.train(iter(busy), handle, should_stop)
        else:
            time.sleep(BUSY_SECONDS)
    return ends


def _busy(given: Mapping[str, CellTask], ends: Mapping[str, CellEnd]) -> list[CellTask]:
    """Return the cells that another process trains."""
    return [given[cell] for cell, end in ends.items() if end.outcome == "busy"]
