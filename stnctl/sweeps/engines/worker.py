"""Worker process of the local engine: it trains one cell after another."""

import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Flag
from typing import Any

from stnctl.figures.isolation import block_matplotlib
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines.events import CellEpoch

ORPHAN_SECONDS = 60.0
"""Time in which a worker saves a checkpoint after the end of its parent process."""

_EXIT_CODE = 1


class _WorkerWatcher:
    """Watcher that sends the progress to the parent process, and stops when this stops or ends."""

    def __init__(self, progress: "Connection[Any, Any]", stop: Flag) -> None:
        self.progress = progress
        self.stop = stop
        self.is_orphan = False

    def on_epoch(self, cell: str, epochs: int, metrics: dict[str, Any]) -> None:
        if not self.is_orphan:
            with suppress(OSError):  # the parent process has just ended
                self.progress.send(CellEpoch(cell, epochs, metrics))

    def should_stop(self) -> bool:
        return self.is_orphan or self.stop.is_set()

    def follow_parent(self) -> None:
        """Wait for the end of the parent process, then stop the training and end this process."""
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        self.is_orphan = True
        time.sleep(ORPHAN_SECONDS)
        os._exit(_EXIT_CODE)


_watchers: list[_WorkerWatcher] = []
"""The watcher of this process, once it is set up."""


def set_up_worker(progress: "Connection[Any, Any]", stop: Flag) -> None:
    """Set up a worker process, which leaves the signals of the terminal to its parent process.

    Args:
        progress: Connection to the parent process.
        stop: Flag that stops the training.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    block_matplotlib()
    watcher = _WorkerWatcher(progress, stop)
    _watchers.append(watcher)
    threading.Thread(target=watcher.follow_parent, daemon=True).start()


def train_in_worker(task: CellTask) -> CellEnd:
    """Train a cell in a worker process that is set up."""
    from stnctl.sweeps.cell_training import train_cell

    [watcher] = _watchers
    end = train_cell(task, watcher)
    if watcher.is_orphan:
        os._exit(_EXIT_CODE)
    return end
