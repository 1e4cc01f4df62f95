"""Results of a sweep that was started, for the commands that show them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stnctl.sweeps.cell_results import CellResult, read_results
from stnctl.sweeps.folder import SweepFolder, SweepPlan, find_sweep, read_plan
from stnctl.sweeps.sweep_table import sweep_table


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
