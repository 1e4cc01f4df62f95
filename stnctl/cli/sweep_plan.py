"""Plan and results of a sweep on the console."""

from datetime import timedelta
from typing import Any

from stnctl.cli import console
from stnctl.config.engines import Local
from stnctl.sweeps.cells import Cell
from stnctl.sweeps.durations import CellEstimates
from stnctl.sweeps.engines.choice import num_jobs, usable_cores
from stnctl.sweeps.session import SweepSession

NEW = "new"
IMPORTED = "imported"
BROKEN = "broken"
"""States of a cell without a run, of one that was trained elsewhere, and of one whose configuration
is not valid."""


def note_plan(session: SweepSession) -> None:
    """Print the number of cells and of those to train, and the broken ones."""
    total, missing = session.num_cells, session.num_missing
    broken: dict[str, list[str]] = {}
    for cell in session.cells:
        if cell.problem:
            broken.setdefault(str(cell.problem), []).append(cell.name)
    console.note(
        f"sweep {session.sweep.name}: {_count(total, 'cell')}, {missing} to train, "
        f"{total - missing - sum(map(len, broken.values()))} done"
    )
    for problem, (first, *others) in broken.items():
        subject = f"{first} and {len(others)} more are" if others else f"{first} is"
        console.warning(f"{subject} not valid: {problem}")
    engine, threads = session.sweep.config.engine, session.threads
    if isinstance(engine, Local) and num_jobs(engine, threads) * threads > usable_cores():
        console.warning(
            f"{num_jobs(engine, threads)} jobs of {threads} threads on {usable_cores()} CPU cores "
            "slow each other down: fewer --jobs, or fewer threads"
        )


def show_plan(session: SweepSession, *, json: bool) -> None:
    """Print the cells of a sweep with their states, parameters and estimated times.

    Args:
        session: The sweep.
        json: Whether to print one JSON document.
    """
    estimates = CellEstimates(session)
    missing = {cell.name for cell, _ in session.missing()}
    rows: list[dict[str, Any]] = []
    for cell, run in zip(session.cells, session.planned, strict=True):
        rows.append(
            {
                "cell": cell.name,
                "run": run.run,
                "values": dict(cell.values),
                "seed": cell.seed,
                "state": _state(session, cell),
                "problem": session.problems.get(cell.name),
                "parameters": estimates.parameters(cell),
                "seconds": estimates.seconds(cell.config)
                if cell.config and cell.name in missing
                else None,
            }
        )
    seconds = _total_seconds(session, rows)
    if json:
        console.result_json({"sweep": session.sweep.name, "cells": rows, "seconds": seconds})
        return
    note_plan(session)
    console.result_table(
        f"sweep {session.sweep.name}",
        ["cell", "state", "parameters", "about"],
        [
            [
                row["cell"],
                row["state"],
                "-" if row["parameters"] is None else f"{row['parameters']:,}",
                "-" if row["seconds"] is None else _time(row["seconds"]),
            ]
            for row in rows
        ],
        texts=["state"],
    )
    if seconds:
        console.note(f"about {_time(seconds)} in all")


def _state(session: SweepSession, cell: Cell) -> str:
    """Return the state of a cell: that of its run, or `NEW`, `IMPORTED` or `BROKEN`."""
    found = session.found.get(cell.fingerprint)
    if cell.config is None:
        return BROKEN
    if found is None:
        return IMPORTED if session.is_imported(cell) else NEW
    return found.state


def _total_seconds(session: SweepSession, rows: list[dict[str, Any]]) -> float:
    """Return the estimated time of the whole sweep on its engine."""
    engine = session.sweep.config.engine
    jobs = num_jobs(engine, session.threads) if isinstance(engine, Local) else 1
    return sum(row["seconds"] or 0 for row in rows) / jobs


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _time(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
