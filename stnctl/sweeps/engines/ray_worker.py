"""Worker process of Ray: it trains one cell after another, and sends their progress."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stnctl.errors import EnvironmentFault
from stnctl.figures.isolation import block_matplotlib
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines.cluster_node import await_lock, node_problem
from stnctl.sweeps.engines.ray_channel import Message

SEND_SECONDS = 0.5
"""Time between two messages of a worker, and so the delay of a request to stop."""

FLUSH_SECONDS = 10.0
"""Maximum time in which the last messages of a cell are sent."""

NUM_THREADS = "OMP_NUM_THREADS"
"""Variable that Ray sets in its workers, unless it is there; so an empty one stands for none."""


def train_on_node(task: CellTask, attempt: int, channel: Any, version: str) -> CellEnd:
    """Train a cell in a worker process of Ray.

    Args:
        task: The cell.
        attempt: Number of the attempt, from 1. A later one waits for the lock of the run.
        channel: Handle of the actor `Channel`.
        version: Version of stnctl of the sweep.

    Returns:
        The end.
    """
    from stnctl.sweeps.cell_training import train_cell

    if problem := node_problem(task, version):
        return CellEnd(task.cell, "failed", problem, EnvironmentFault.exit_code)
    block_matplotlib()
    watcher = _ChannelWatcher(task.cell, attempt, channel)
    watcher.send()
    if watcher.should_stop():
        return CellEnd(task.cell, "interrupted")
    with watcher.sending(), _own_num_threads():
        if attempt > 1:
            await_lock(task, watcher)
        return train_cell(task, watcher)


class _ChannelWatcher:
    """Watcher that sends the progress to a channel, and stops if the channel says so or is lost."""

    def __init__(self, cell: str, attempt: int, channel: Any) -> None:
        self._cell = cell
        self._attempt = attempt
        self._channel = channel
        self._waiting: list[Message] = [(cell, attempt, 0, None)]
        self._stop = threading.Event()

    def on_epoch(self, cell: str, epochs: int, metrics: dict[str, Any]) -> None:
        self._waiting.append((cell, self._attempt, epochs, metrics))

    def should_stop(self) -> bool:
        return self._stop.is_set()

    def send(self) -> None:
        """Send the waiting messages; keep them if the channel does not answer."""
        import ray
        from ray.exceptions import ActorDiedError, RayError

        count = len(self._waiting)
        answer = self._channel.send.remote(self._cell, self._waiting[:count])
        try:
            stops = ray.get(answer, timeout=FLUSH_SECONDS)
        except ActorDiedError:  # the sweep has ended
            stops = True
        except RayError:
            return
        del self._waiting[:count]
        if stops:
            self._stop.set()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send messages during the ``with`` block, and the last ones at its end."""
        ended = threading.Event()

        def send_often() -> None:
            while not ended.wait(SEND_SECONDS):
                self.send()

        sender = threading.Thread(target=send_often, daemon=True)
        sender.start()
        try:
            yield
        finally:
            ended.set()
            sender.join()
            self.send()


@contextmanager
def _own_num_threads() -> Iterator[None]:
    """Remove an empty `NUM_THREADS` in the ``with`` block: the run records its environment."""
    is_empty = os.environ.get(NUM_THREADS) == ""
    if is_empty:
        del os.environ[NUM_THREADS]
    try:
        yield
    finally:
        if is_empty:
            os.environ[NUM_THREADS] = ""
