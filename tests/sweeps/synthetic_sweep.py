"""Sweeps of plain files: a plan, and the runs of its cells, without weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stnctl.config.dump import dump_data
from stnctl.config.fingerprint import fingerprint
from stnctl.config.load import parse_config
from stnctl.sweeps.cells import cell_name
from stnctl.sweeps.folder import (
    PlannedRun,
    SweepFolder,
    SweepPlan,
    sweep_folder,
    write_plan,
    write_problems,
)
from tests.reports.synthetic_run import write_run


@dataclass(frozen=True)
class SyntheticCell:
    """Cell with its results.

    Attributes:
        values: Its values, of dotted keys of a config; the key "base" is none of them.
        seed: Its seed.
        validation: Validation accuracy of its last epoch; None for no run.
        test: Test accuracy, or None.
        end: Last event of its run.
        problem: Error of a failed cell.
    """

    values: Mapping[str, Any]
    seed: int
    validation: float | None = 0.75
    test: float | None = None
    end: str = "end"
    problem: str | None = None


def write_sweep(
    runs_dir: Path,
    cells: Sequence[SyntheticCell],
    *,
    name: str = "x",
    baseline: Mapping[str, Any] | None = None,
) -> SweepFolder:
    """Write a sweep and the runs of its cells, and return its folder."""
    folder = sweep_folder(runs_dir, name)
    planned = []
    for cell in cells:
        text = _config(cell)
        mark = fingerprint(parse_config(f"seed: {cell.seed}\n{text}", where="x"))
        run = cell_name(name, cell.values, cell.seed, mark)
        planned.append(PlannedRun(run, run, cell.values, cell.seed, mark))
        if cell.validation is not None:
            write_run(
                runs_dir / run,
                seed=cell.seed,
                config=text,
                accuracies=(0.5, cell.validation),
                test=cell.test,
                end=cell.end,
            )
    plan = SweepPlan(name, baseline, tuple(planned))
    write_plan(folder, plan, {"name": name})
    problems = {
        run.cell: cell.problem for run, cell in zip(planned, cells, strict=True) if cell.problem
    }
    write_problems(folder, problems)
    return folder


def _config(cell: SyntheticCell) -> str:
    """Return the values of a cell as YAML."""
    data: dict[str, Any] = {}
    for key, value in cell.values.items():
        *sections, last = key.split(".")
        section = data
        for part in sections:
            section = section.setdefault(part, {})
        if key != "base":
            section[last] = value
    return dump_data(data) if data else ""
