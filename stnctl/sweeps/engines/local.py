"""Local engine: worker processes of this machine.

Each worker is a `ProcessPoolExecutor` with one process. So a process that is killed, for example
for lack of memory, ends one cell, and the others continue.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from stnctl.sweeps.cell_training import CellEnd, CellTask
from stnctl.sweeps.engines.events import CellStarted, Event
from stnctl.sweeps.engines.worker import set_up_worker, train_in_worker

POLL_SECONDS = 0.1
"""Time between two looks at the workers, in which only their progress is received."""

LOST = "its worker process was killed, perhaps for lack of memory"
"""Problem of a cell whose worker ended without a result."""


@dataclass
class _Worker:
    """Worker process, which is started with its first cell.

    Attributes:
        start: Function that returns a new executor.
        executor: The executor; None before the first cell.
        threads: Number of threads with which its backend is started.
        task: The cell that it trains; None without one.
        future: The result of this cell.
    """

    start: Callable[[], ProcessPoolExecutor]
    executor: ProcessPoolExecutor | None = None
    threads: int | None = None
    task: CellTask | None = None
    future: "Future[CellEnd] | None" = None

    def train(self, task: CellTask) -> None:
        """Start the training of a cell, in a new process if the threads differ."""
        if self.executor is not None and self.threads != task.threads:
            self.close()
        if self.executor is None:
            self.executor = self.start()
        self.threads, self.task = task.threads, task
        self.future = self.executor.submit(train_in_worker, task)

    def close(self) -> None:
        """End the process."""
        if self.executor is not None:
            self.executor.shutdown()
            self.executor = None


@dataclass
class LocalEngine:
    """Engine with worker processes of this machine.

    Attributes:
        jobs: Number of worker processes.
        retries: Number of times that a cell is trained on after its worker was killed.
    """

    jobs: int
    retries: int = 0
    _attempts: dict[str, int] = field(default_factory=dict, init=False)

    def train(
        self,
        tasks: Sequence[CellTask],
        on_event: Callable[[Event], None],
        should_stop: Callable[[], bool],
    ) -> None:
        """Train cells as `Engine.train` describes."""
        context = multiprocessing.get_context("spawn")
        progress: multiprocessing.Queue[Any] = context.Queue()
        stop = context.Event()

        def start() -> ProcessPoolExecutor:
            return ProcessPoolExecutor(1, context, set_up_worker, (progress, stop))

        workers = [_Worker(start) for _ in range(min(self.jobs, len(tasks)))]
        waiting = deque(sorted(tasks, key=lambda task: task.threads))
        try:
            while (waiting and not stop.is_set()) or any(worker.task for worker in workers):
                if should_stop():
                    stop.set()
                for worker in workers:
                    if worker.task is None and waiting and not stop.is_set():
                        self._start(worker, waiting, on_event)
                _pass_on(progress, on_event)
                for worker in workers:
                    self._finish(worker, waiting, on_event)
        finally:
            stop.set()
            for worker in workers:
                worker.close()

    def _start(
        self, worker: _Worker, waiting: deque[CellTask], on_event: Callable[[Event], None]
    ) -> None:
        task = waiting.popleft()
        self._attempts[task.cell] = self._attempts.get(task.cell, 0) + 1
        worker.train(task)
        on_event(CellStarted(task.cell, self._attempts[task.cell]))

    def _finish(
        self, worker: _Worker, waiting: deque[CellTask], on_event: Callable[[Event], None]
    ) -> None:
        """Pass on the end of a cell, if it has ended; train a lost one again if it has retries."""
        task, future = worker.task, worker.future
        if task is None or future is None or not future.done():
            return
        worker.task = worker.future = None
        try:
            on_event(future.result())
        except BrokenProcessPool:
            worker.close()
            if self._attempts[task.cell] <= self.retries:
                waiting.append(task)
            else:
                on_event(CellEnd(task.cell, "failed", LOST, 4))


def _pass_on(progress: "multiprocessing.Queue[Any]", on_event: Callable[[Event], None]) -> None:
    """Pass on the events of the workers, and wait for the first one."""
    try:
        on_event(progress.get(timeout=POLL_SECONDS))
        while True:
            on_event(progress.get_nowait())
    except Empty:
        return
