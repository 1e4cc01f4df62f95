"""Results of the cells of a sweep, from the plain files of their runs. Keras is not loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from stnctl.errors import StnctlError
from stnctl.runs import summary_files as files
from stnctl.runs.activity import state_of
from stnctl.runs.config_record import fingerprint_of
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.sweeps.folder import PRUNED, PlannedRun, SweepFolder, SweepPlan, read_problems
from stnctl.sweeps.planning import FoundRun, find_cell_runs

CellState = Literal["finished", "running", "interrupted", "diverged", "pruned", "failed", "missing"]
"""State of a cell. A failed cell has an error, a search has stopped a pruned one, and a missing one
has no run."""


@dataclass(frozen=True)
class CellResult:
    """Result of a cell. A value that is unknown is None.

    The values are those of files that may be untrusted: texts can contain any characters.

    Attributes:
        cell: Name of the cell.
        values: Dotted key -> value of the keys that differ between the groups of the sweep.
        seed: The seed.
        run: Folder of its run; None without one.
        state: Its state.
        problem: Error of a failed cell, or None.
        epochs: Number of finished epochs.
        validation_accuracy: Accuracy of the best checkpoint on the validation images, 0 to 1.
        test_accuracy: The same on the test images, if it was measured.
        parameters: Number of parameters of the network.
        seconds: Duration of all epochs.
    """

    cell: str
    values: Mapping[str, Any]
    seed: int
    run: Path | None = None
    state: CellState = "missing"
    problem: str | None = None
    epochs: int | None = None
    validation_accuracy: float | None = None
    test_accuracy: float | None = None
    parameters: int | None = None
    seconds: float | None = None


def read_results(folder: SweepFolder, plan: SweepPlan, runs_dir: Path) -> list[CellResult]:
    """Return the result of each cell of a sweep, in the order of the plan.

    A run is that of a cell if it has its configuration; its name does not matter. It takes a
    fraction of a millisecond for each cell.

    Args:
        folder: The folder of the sweep.
        plan: Its plan.
        runs_dir: The folder of all runs.

    Raises:
        StnctlError: If the problems of the sweep or the folder of runs can't be read.
    """
    problems = read_problems(folder)
    named = {planned.cell: _run_of(planned, runs_dir) for planned in plan.runs}
    others = [planned for planned in plan.runs if named[planned.cell] is None]
    found = find_cell_runs(others, runs_dir) if others else {}
    return [
        _result(
            planned,
            named[planned.cell] or found.get(planned.fingerprint),
            problems.get(planned.cell),
        )
        for planned in plan.runs
    ]


def _run_of(planned: PlannedRun, runs_dir: Path) -> FoundRun | None:
    """Return the run with the planned name, if it has the configuration of the cell."""
    run = RunDirectory(runs_dir / planned.run)
    if run.path.is_symlink() or not run.is_run:
        return None
    try:
        record = read_record(run)
        if fingerprint_of(run, record) != planned.fingerprint:
            return None
    except StnctlError:
        return None
    return FoundRun(run, state_of(run, record), record)


def _result(planned: PlannedRun, found: FoundRun | None, problem: str | None) -> CellResult:
    cell = CellResult(planned.cell, planned.values, planned.seed)
    if found is None:
        return replace(cell, state="failed" if problem else "missing", problem=problem)
    run, state = found.run, found.state
    try:
        results = _read(found)
    except (StnctlError, OSError) as error:
        return replace(cell, run=run.path, state="failed", problem=str(error))
    if state == "interrupted" and problem == PRUNED:
        return replace(cell, run=run.path, state="pruned", **results)
    failed = problem is not None and state == "interrupted"
    return replace(
        cell,
        run=run.path,
        state="failed" if failed or state == "broken" else state,
        problem=problem if failed else None,
        **results,
    )


def _read(found: FoundRun) -> dict[str, Any]:
    """Return the results of a run: values of the attributes of `CellResult`."""
    best = files.best_epoch(found.run)
    epochs, seconds = files.epochs_and_seconds(found.run)
    test = files.number(files.test_report(found.run, found.record, best).get("error_percent"))
    return {
        "epochs": epochs,
        "validation_accuracy": files.share(best.get("accuracy")),
        "test_accuracy": None if test is None else files.share(1 - test / 100),
        "parameters": files.num_parameters(found.run, found.record, best),
        "seconds": seconds,
    }
