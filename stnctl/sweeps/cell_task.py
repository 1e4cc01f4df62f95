"""The work on one cell: its task, its end, and the receiver of its progress."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Outcome = Literal["finished", "diverged", "interrupted", "pruned", "failed", "busy"]
"""End of the training of a cell. A search has stopped a pruned one, and another process trains a
busy one."""


@dataclass(frozen=True)
class CellTask:
    """Training of a cell, as a worker process receives it.

    Attributes:
        cell: Name of the cell.
        run: Name of its run.
        sweep: Name of the sweep.
        config: The configuration as JSON.
        fingerprint: Its fingerprint.
        threads: Number of CPU threads of the cell.
        runs_dir: The folder of all runs.
        folder: The current folder, to which the paths in the configuration are relative.
        test: Whether the finished run is measured on the test images.
    """

    cell: str
    run: str
    sweep: str
    config: str
    fingerprint: str
    threads: int
    runs_dir: str
    folder: str
    test: bool


@dataclass(frozen=True)
class CellEnd:
    """End of the training of a cell.

    Attributes:
        cell: Name of the cell.
        outcome: The end.
        problem: Reason why the cell failed, or None.
        exit_code: Exit code that `stnctl train` would have.
    """

    cell: str
    outcome: Outcome
    problem: str | None = None
    exit_code: int = 0


class Watcher(Protocol):
    """Receiver of the progress of a cell, which can stop its training."""

    def on_epoch(self, cell: str, epochs: int, metrics: dict[str, Any]) -> None:
        """Handle the end of an epoch.

        Args:
            cell: Name of the cell.
            epochs: Number of epochs of its training.
            metrics: `EpochMetrics` as a dict.
        """

    def should_stop(self) -> bool:
        """Return whether the training must save a checkpoint and stop after the current step."""
