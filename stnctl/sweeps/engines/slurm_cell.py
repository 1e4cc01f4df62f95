"""Training of a cell in a job of Slurm, which submitit starts."""

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.errors import EnvironmentFault
from stnctl.figures.isolation import block_matplotlib
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines.cluster_node import await_lock, node_problem
from stnctl.sweeps.engines.slurm_jobs import record_end
from stnctl.sweeps.folder import sweep_folder

KILL_SECONDS = 300.0
"""Time after a SIGTERM and a checkpoint in which Slurm ends the job, and requeues a preempted one.

If the job ended by itself, Slurm would not requeue it.
"""

TIMED_OUT = "it reached its time limit {count} times: raise minutes or retries of the engine"
"""Problem of a cell that is not requeued again."""


class SlurmCell:
    """Training of a cell, which submitit pickles and calls in a job.

    The signal before the time limit, or of a preemption, saves a checkpoint; then submitit requeues
    the job, which calls this again.
    """

    def __init__(
        self, task: CellTask, version: str, environment: Mapping[str, str], retries: int
    ) -> None:
        """Store the arguments.

        Args:
            task: The cell.
            version: Version of stnctl of the sweep.
            environment: Variables that decide the bits of the training.
            retries: Number of times that the job is requeued after its time limit.
        """
        self.task = task
        self.version = version
        self.environment = dict(environment)
        self.retries = retries

    def __call__(self) -> None:
        """Train the cell, and write its end."""
        from submitit import JobEnvironment
        from submitit.core.utils import UncompletedJobError

        number = signal.Signals[f"SIG{JobEnvironment.USR_SIG}"]
        requeue: Any = signal.getsignal(number)
        watcher = _SignalWatcher(number)
        end = self._train(watcher)
        if watcher.should_stop() and end.outcome in ("interrupted", "finished"):
            watcher.is_requeued.wait(KILL_SECONDS)
            try:
                if watcher.is_requeued.is_set():
                    requeue(number, None)  # it ends this process
            except UncompletedJobError:
                problem = TIMED_OUT.format(count=self.retries + 1)
                end = CellEnd(self.task.cell, "failed", problem, EnvironmentFault.exit_code)
        folder = sweep_folder(Path(self.task.runs_dir), self.task.sweep)
        record_end(folder, JobEnvironment().job_id, end)

    def checkpoint(self) -> Any:
        """Return the call of the requeued job: this one, since the run has the checkpoint."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self)

    def _train(self, watcher: "_SignalWatcher") -> CellEnd:
        from stnctl.sweeps.cell_training import train_cell

        os.environ.update(self.environment)
        if problem := node_problem(self.task, self.version):
            return CellEnd(self.task.cell, "failed", problem, EnvironmentFault.exit_code)
        block_matplotlib()
        await_lock(self.task, watcher)
        return train_cell(self.task, watcher)


class _SignalWatcher:
    """Watcher that stops at the signals of Slurm. The run has the progress.

    Attributes:
        is_requeued: Set after the signal at which submitit requeues the job.
    """

    def __init__(self, requeue: signal.Signals) -> None:
        """Install the handlers.

        Args:
            requeue: Signal before the time limit, or of a preemption.
        """
        self.is_requeued = threading.Event()
        self._requeue = requeue
        self._is_stopped = False
        for number in (signal.SIGTERM, requeue):
            signal.signal(number, self._receive)

    def on_epoch(self, cell: str, epochs: int, metrics: dict[str, Any]) -> None:
        """Do nothing."""

    def should_stop(self) -> bool:
        return self._is_stopped

    def _receive(self, number: int, _frame: Any) -> None:
        self._is_stopped = True
        if number == self._requeue:
            self.is_requeued.set()
