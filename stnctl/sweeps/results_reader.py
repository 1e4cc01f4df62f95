"""Results of the cells of a sweep, from the plain files of their runs. Keras is not loaded."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from stnctl.errors import StnctlError
from stnctl.runs import summary_files as files
from stnctl.runs.activity import state_of
from stnctl.runs.alignment_record import alignment_of
from stnctl.runs.config_record import fingerprint_of
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.folder import PRUNED, PlannedRun, SweepFolder, SweepPlan, read_problems
from stnctl.sweeps.imported_results import preferred, read_imported
from stnctl.sweeps.planning import FoundRun, find_cell_runs


def read_results(folder: SweepFolder, plan: SweepPlan, runs_dir: Path) -> list[CellResult]:
    """Return the result of each cell of a sweep, in the order of the plan.

    A run is that of a cell if it has its configuration; its name does not matter. A cell without a
    finished run has its imported result, if there is one. It takes a fraction of a millisecond for
    each cell.

    Args:
        folder: The folder of the sweep.
        plan: Its plan.
        runs_dir: The folder of all runs.

    Raises:
        StnctlError: If the problems or imported results of the sweep, or the folder of runs, can't
            be read.
    """
    problems = read_problems(folder)
    named = {planned.cell: _run_of(planned, runs_dir) for planned in plan.runs}
    others = [planned for planned in plan.runs if named[planned.cell] is None]
    found = find_cell_runs(others, runs_dir) if others else {}
    results = [
        _result(
            planned,
            named[planned.cell] or found.get(planned.fingerprint),
            problems.get(planned.cell),
        )
        for planned in plan.runs
    ]
    imported = read_imported(folder)
    return [preferred(result, imported.get(result.fingerprint)) for result in results]


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
    cell = CellResult(planned.cell, planned.values, planned.seed, fingerprint=planned.fingerprint)
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
    report = files.test_report(found.run, found.record, best)
    test = files.number(report.get("error_percent"))
    return {
        "epochs": epochs,
        "validation_accuracy": files.share(best.get("accuracy")),
        "test_accuracy": None if test is None else files.share(1 - test / 100),
        "parameters": files.num_parameters(found.run, found.record, best),
        "seconds": seconds,
        "alignment": alignment_of(report),
    }
