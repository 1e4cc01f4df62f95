"""Results of a sweep that was started, for the commands that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.cli.table_styles import Format, show_paths, show_tables
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.folder import SweepFolder, SweepPlan, find_sweep, read_plan
from stnctl.sweeps.results_reader import read_results
from stnctl.sweeps.sweep_table import FINISHED, sweep_table
from stnctl.sweeps.table_csv import cell_rows, group_rows
from stnctl.sweeps.table_text import (
    cell_text_table,
    statistics_tables,
    sweep_remarks,
    sweep_text_table,
)


@dataclass(frozen=True)
class SweepResults:
    """Results of a sweep.

    Attributes:
        folder: Its folder.
        plan: Its plan.
        cells: The results of its cells.
    """

    folder: SweepFolder
    plan: SweepPlan
    cells: list[CellResult]

    @cached_property
    def document(self) -> dict[str, Any]:
        """The table, see `sweep_table`."""
        return sweep_table(self.plan.name, self.cells, self.plan.baseline)


def open_results(name: str, runs_dir: Path) -> SweepResults:
    """Read the results of a sweep.

    Args:
        name: Its name.
        runs_dir: The folder of all runs.

    Raises:
        InputError: If there is no such sweep, or a file of it is damaged.
        EnvironmentFault: If there is no permission to read it.
    """
    folder = find_sweep(runs_dir, name)
    plan = read_plan(folder)
    return SweepResults(folder, plan, read_results(folder, plan, runs_dir))


def write_figure(results: SweepResults, path: Path | None, kind: str | None) -> list[Path]:
    """Draw a figure of a sweep and write it to a file; return its path.

    Args:
        results: The results of the sweep.
        path: The file; None to draw nothing.
        kind: As in `stnctl.sweeps.sweep_figure.sweep_figure`.

    Raises:
        StnctlError: As in `sweep_figure`, or if the file can't be written.
    """
    from stnctl.sweeps.sweep_figure import sweep_figure

    if path is None:
        return []
    atomic_write(path, sweep_figure(results.document, kind).png())
    return [path]


def show_sweep(
    results: SweepResults, style: Format, paths: Sequence[Path], *, cells: bool = False
) -> None:
    """Print the table of a sweep and the paths of written files.

    Args:
        results: The results of the sweep.
        style: Format of the table; not "json".
        paths: The files.
        cells: Whether a row is a cell, and not a group.
    """
    if style == "csv":
        console.result_csv(*(cell_rows if cells else group_rows)(results.document))
    else:
        table = (cell_text_table if cells else sweep_text_table)(results.document)
        show_tables(style, [table], sweep_remarks(results.document))
    show_paths(style, paths)


def show_statistics(results: SweepResults, style: Format, paths: Sequence[Path]) -> None:
    """Print the statistics of each metric of a sweep, and the paths of written files.

    Args:
        results: The results of the sweep.
        style: Format of the tables; not "json".
        paths: The files.
    """
    if style == "csv":
        console.result_csv(*cell_rows(results.document))
    else:
        tables = statistics_tables(results.document)
        show_tables(style, tables, sweep_remarks(results.document))
    show_paths(style, paths)


def finished_runs(results: SweepResults) -> list[RunDirectory]:
    """Return the runs of the finished cells of a sweep."""
    return [
        RunDirectory(cell.run)
        for cell in results.cells
        if cell.state == FINISHED and cell.run is not None
    ]
