"""Local engine: worker processes of this machine.

Each worker is a `ProcessPoolExecutor` with one process. So a process that is killed, for example
for lack of memory, ends one cell, and the others continue. Each process has its own connection and
flag: a process that is killed may hold their locks for ever.
"""

import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from typing import Any

from stnctl.errors import EnvironmentFault
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines.events import CellStarted, Event
from stnctl.sweeps.engines.worker import set_up_worker, train_in_worker

POLL_SECONDS = 0.1
"""Time between two looks at the workers, in which only their progress is received."""

LOST = "its worker process was killed, perhaps for lack of memory"
"""Problem of a cell whose worker ended without a result."""


class _Worker:
    """Worker process, which is started with its first cell.

    Attributes:
        task: The cell that it trains; None without one.
        stop: Flag that stops its training.
        progress: Connection from its process; None without one.
    """

    def __init__(self, context: SpawnContext) -> None:
        """Store the context. No process is started."""
        self.task: CellTask | None = None
        self.stop = context.Event()
        self.progress: Connection[Any, Any] | None = None
        self._context = context
        self._executor: ProcessPoolExecutor | None = None
        self._threads: int | None = None
        self._future: Future[CellEnd] | None = None

    def train(self, task: CellTask) -> None:
        """Start the training of a cell, in a new process if the threads differ."""
        if self._threads != task.threads:
            self.close()
        if self._executor is None:
            self.stop = self._context.Event()
            self.progress, sender = self._context.Pipe(duplex=False)
            set_up = sender, self.stop
            self._executor = ProcessPoolExecutor(1, self._context, set_up_worker, set_up)
        self.stop.clear()
        self._threads, self.task = task.threads, task
        self._future = self._executor.submit(train_in_worker, task)

    def take_end(self) -> tuple[CellTask, CellEnd | None] | None:
        """Return the cell that has ended and its end, None for a lost process; None without one."""
        task, future = self.task, self._future
        if task is None or future is None or not future.done():
            return None
        self.task = self._future = None
        try:
            return task, future.result()
        except BrokenProcessPool:
            self.close()
            self.stop = self._context.Event()
            return task, None

    def close(self) -> None:
        """End the process."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = self.progress = None


@dataclass
class LocalEngine:
    """Engine with worker processes of this machine.

    Attributes:
        jobs: Number of worker processes.
        retries: Number of times that a cell is resumed after its worker was killed.
    """

    jobs: int
    retries: int = 0

    def train(
        self,
        tasks: Iterator[CellTask],
        on_event: Callable[[Event], bool],
        should_stop: Callable[[], bool],
    ) -> None:
        """Train cells as `Engine.train` describes."""
        context = multiprocessing.get_context("spawn")
        workers = [_Worker(context) for _ in range(self.jobs)]
        lost: deque[CellTask] = deque()
        attempts: Counter[str] = Counter()
        is_stopping = False
        try:
            while True:
                is_stopping = is_stopping or should_stop()
                for worker in workers:
                    if is_stopping:
                        worker.stop.set()
                    elif worker.task is None and (task := _next(lost, tasks)):
                        attempts[task.cell] += 1
                        worker.train(task)
                        on_event(CellStarted(task.cell, attempts[task.cell]))
                if not any(worker.task for worker in workers):
                    return
                _pass_on(workers, on_event)
                for worker in workers:
                    if (ended := worker.take_end()) is None:
                        continue
                    task, end = ended
                    _pass_on_epochs(worker, on_event)
                    if end is None and attempts[task.cell] <= self.retries:
                        lost.append(task)
                    else:
                        on_event(
                            end or CellEnd(task.cell, "failed", LOST, EnvironmentFault.exit_code)
                        )
        finally:
            for worker in workers:
                worker.stop.set()
            for worker in workers:
                worker.close()


def _next(lost: deque[CellTask], tasks: Iterator[CellTask]) -> CellTask | None:
    return lost.popleft() if lost else next(tasks, None)


def _pass_on(workers: Sequence[_Worker], on_event: Callable[[Event], bool]) -> None:
    """Wait for progress, and pass on the epochs of all workers."""
    wait([worker.progress for worker in workers if worker.progress], timeout=POLL_SECONDS)
    for worker in workers:
        _pass_on_epochs(worker, on_event)


def _pass_on_epochs(worker: _Worker, on_event: Callable[[Event], bool]) -> None:
    """Pass on the epochs of a worker, and stop its training if this is requested."""
    while worker.progress is not None and worker.progress.poll():
        event = worker.progress.recv()
        if on_event(event) and worker.task is not None and worker.task.cell == event.cell:
            worker.stop.set()
