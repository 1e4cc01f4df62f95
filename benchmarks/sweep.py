"""Efficiency of a sweep: worker processes against one command after another, and start-up.

    python -m benchmarks.sweep [--cells 16] [--epochs 60] [--ray]

The cells are trainings on the embedded digits with one thread, of about a minute each. The same
cells are trained by separate commands, by the local engine with two jobs, and with --ray also by
Ray. Ratios are of the wall times in one run. The start-up of a cell is the time to the begin of its
first training step, in a worker that has trained another seed of the same network before.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.reports import stnctl
from stnctl.config.sweep_load import load_sweep
from stnctl.sweeps.cell_training import train_cell
from stnctl.sweeps.session import open_session

JOBS = 2
LIMITS = {"local": 0.55, "ray": 0.55 * 1.15, "start-up": 0.5}
"""Largest ratio of each engine to separate commands, and largest start-up in seconds."""

SWEEP = """\
base: stn
seeds: {seeds}
set: {{data.source: digits, train.epochs: {epochs}}}
test: false
"""


def main() -> None:
    """Print the times and the ratios, and fail above a limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--ray", action="store_true", help="also measure Ray")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sweep = Path(folder) / "cells.yaml"
        sweep.write_text(SWEEP.format(seeds=options.cells, epochs=options.epochs), encoding="utf-8")
        measured = {"separate": _timed(lambda: _train_separately(sweep, options.cells))}
        for engine in ("local", *(["ray"] if options.ray else [])):
            measured[engine] = _timed(partial(_train_sweep, sweep, engine))
        startups = _startups(sweep)
    table = Table("cells trained by", "seconds", "ratio", "limit")
    for name, seconds in measured.items():
        ratio = seconds / measured["separate"]
        limit = f"{LIMITS[name]:.2f}" if name in LIMITS else ""
        table.add_row(name, f"{seconds:.0f}", f"{ratio:.2f}", limit)
    table.add_row("start-up of a further cell", f"{median(startups):.2f}", "", "0.5 s")
    Console().print(table)
    missed = [
        name
        for name, seconds in measured.items()
        if name in LIMITS and seconds / measured["separate"] > LIMITS[name]
    ]
    if missed or median(startups) > LIMITS["start-up"]:
        sys.exit("above a limit")


def _timed(train: Callable[[], None]) -> float:
    clock = time.monotonic()
    train()
    return time.monotonic() - clock


def _train_separately(sweep: Path, cells: int) -> None:
    """Train the cells by one command after another, with the configuration of the sweep."""
    session = open_session(load_sweep([sweep]), sweep.parent / "separate")
    for cell in session.cells[:cells]:
        if cell.config is None:
            continue
        config = sweep.parent / "cell.yaml"
        config.write_text(cell.config.model_dump_json(), encoding="utf-8")
        stnctl("train", str(config), "--name", cell.name, "--runs-dir", str(session.runs_dir), "-q")


def _train_sweep(sweep: Path, engine: str) -> None:
    jobs = ["--jobs", str(JOBS)] if engine == "local" else []
    runs_dir = str(sweep.parent / engine)
    stnctl("sweep", str(sweep), "--engine", engine, *jobs, "--runs-dir", runs_dir, "-q")


class _TwoSteps:
    """Watcher that stops a training after two steps, and records the times of their ends."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_epoch(self, cell: str, epochs: int, metrics: dict[str, Any]) -> None:
        """Do nothing."""

    def should_stop(self) -> bool:
        """Stop the training after its second step."""
        self.times.append(time.monotonic())
        return len(self.times) > 1


def _startups(sweep: Path) -> list[float]:
    """Return the seconds to the begin of the first step, of further cells in this process."""
    os.chdir(sweep.parent)
    tasks = open_session(load_sweep([sweep]), sweep.parent / "startup").tasks()
    seconds = []
    for task in tasks:
        watcher = _TwoSteps()
        clock = time.monotonic()
        train_cell(task, watcher)
        first, second = watcher.times[:2]
        seconds.append(first - (second - first) - clock)
    return seconds[1:]


if __name__ == "__main__":
    main()
