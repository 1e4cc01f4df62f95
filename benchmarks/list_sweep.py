"""Time of the commands about a sweep of 2,000 finished cells, with 400 groups of five seeds.

python -m benchmarks.list_sweep

Times are those of the processor, because other programs change them less. The limit of each command
is `LIMIT` seconds.
"""

import random
import statistics
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.list_runs import processor_seconds, write_run
from stnctl.config.sweep_load import load_sweep
from stnctl.runs.directory import RunDirectory
from stnctl.sweeps.session import open_session

ROUNDS = 3
LIMIT = 2.0
"""Seconds of processor time that a command may take."""

SWEEP = """base: cnn
seeds: 5
grid:
  train.learning_rate: [{rates}]
  train.batch_size: [{sizes}]
"""
RATES = ", ".join(f"{number / 5000:g}" for number in range(1, 21))
SIZES = ", ".join(str(8 * number) for number in range(1, 21))


def main() -> None:
    """Make the sweep, time the commands, print the medians, and fail above the limit."""
    with tempfile.TemporaryDirectory() as folder:
        runs_dir, path = Path(folder) / "runs", Path(folder) / "big.yaml"
        path.write_text(SWEEP.format(rates=RATES, sizes=SIZES), encoding="utf-8")
        num_cells = make_sweep(path, runs_dir)
        end = ("--runs-dir", str(runs_dir))
        commands = {
            "stnctl runs ls": ("runs", "ls", *end),
            "stnctl sweep --dry-run": ("sweep", str(path), "--dry-run", *end),
            "stnctl table": ("table", "big", *end),
            "stnctl table --cells --csv": ("table", "big", "--cells", "--csv", *end),
            "stnctl table --json": ("table", "big", "--json", *end),
            "stnctl compare --sweep": ("compare", "--sweep", "big", *end),
        }
        medians = {
            name: statistics.median(
                processor_seconds(("-m", "stnctl", *arguments)) for _ in range(ROUNDS)
            )
            for name, arguments in commands.items()
        }
    table = Table("command", f"seconds for {num_cells:,} cells")
    for name, median in medians.items():
        table.add_row(name, f"{median:.2f}")
    Console().print(table)
    if slow := [name for name, median in medians.items() if median > LIMIT]:
        sys.exit(f"{', '.join(slow)}: more than {LIMIT:.0f} s")


def make_sweep(path: Path, runs_dir: Path) -> int:
    """Write the plan of a sweep and a finished run for each cell; return the number of cells."""
    generator = random.Random(0)  # noqa: S311 - not for cryptography
    session = open_session(load_sweep([path]), runs_dir)
    for cell, planned in zip(session.cells, session.planned, strict=True):
        if cell.config is not None:
            write_run(RunDirectory(runs_dir / planned.run), cell.config, generator)
    session.save()
    return len(session.cells)


if __name__ == "__main__":
    main()
