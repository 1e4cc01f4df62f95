"""Events of an engine: the progress of the cells that it trains."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from stnctl.sweeps.cell_task import CellEnd, CellTask


@dataclass(frozen=True)
class CellStarted:
    """Start of the training of a cell.

    Attributes:
        cell: Name of the cell.
        attempt: Number of the attempt, from 1. It is above 1 after a lost worker.
    """

    cell: str
    attempt: int = 1


@dataclass(frozen=True)
class CellEpoch:
    """End of an epoch of a cell.

    Attributes:
        cell: Name of the cell.
        epochs: Number of epochs of its training.
        metrics: The metrics of the epoch, `EpochMetrics` as a dict.
    """

    cell: str
    epochs: int
    metrics: dict[str, Any]


@dataclass(frozen=True)
class CellSubmitted:
    """Submission of a cell to a queue, by an engine that does not wait for its end.

    Attributes:
        cell: Name of the cell.
        job: Id of its job.
        is_new: Whether it was submitted now; False if it was queued or running before.
    """

    cell: str
    job: str
    is_new: bool = True


Event = CellStarted | CellEpoch | CellSubmitted | CellEnd


class Engine(Protocol):
    """Engine that trains cells in worker processes."""

    def train(
        self,
        tasks: Iterator[CellTask],
        on_event: Callable[[Event], bool],
        should_stop: Callable[[], bool],
    ) -> None:
        """Train cells, and return when each has ended or was submitted, or the sweep is stopped.

        A cell that another process trains ends as "busy".

        Args:
            tasks: The cells. The next one is taken when a worker is free, since that of a search
                depends on the results so far.
            on_event: Called with each event, in the process and the thread of the caller. If it
                returns True for an epoch, the training of this cell saves a checkpoint and stops.
            should_stop: Called at least once a second. If it returns True, all trainings save a
                checkpoint and stop, and no further cell is started.

        Raises:
            EnvironmentFault: If the engine can't be started.
        """
