"""Start time of the commands, as ratios to the import of their required libraries.

python -m benchmarks.startup
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROUNDS = 15
BARE = ("-c", "import typer, rich, pydantic")
STNCTL = ("-m", "stnctl")
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""Variable without which Python keeps compiled modules, as for most users."""

IDENTITY = ("--theta", "1", "0", "0", "0", "1", "0")


def main() -> None:
    """Time each command in turn, `ROUNDS` times, and print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        small, target = Path(folder, "u.png"), Path(folder, "v.png")
        run(warp("digit:3", small, "--output-size", "28", "28"))
        commands = {
            "bare import of typer, rich, pydantic": BARE,
            "stnctl --help": (*STNCTL, "--help"),
            "stnctl warp, 28x28": warp(str(small), target),
        }
        rounds = [[seconds(line) for line in commands.values()] for _ in range(ROUNDS)]
    medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
    table = Table("command", "seconds", "ratio")
    for name, median in zip(commands, medians, strict=True):
        table.add_row(name, f"{median:.3f}", f"{median / medians[0]:.2f}")
    Console().print(table)


def warp(source: str, target: Path, *more: str) -> Sequence[str]:
    """Return the arguments of Python that warp an image by the identity."""
    return (*STNCTL, "warp", source, *IDENTITY, "--force", "--output", str(target), *more)


def seconds(arguments: Sequence[str]) -> float:
    """Return the seconds that Python runs with ``arguments``."""
    clock = time.perf_counter()
    run(arguments)
    return time.perf_counter() - clock


def run(arguments: Sequence[str]) -> None:
    """Run Python with ``arguments``, and stop if it fails."""
    compiled = {key: value for key, value in os.environ.items() if key != NO_BYTECODE}
    subprocess.run(  # noqa: S603
        [sys.executable, *arguments], check=True, capture_output=True, env=compiled
    )


if __name__ == "__main__":
    main()
