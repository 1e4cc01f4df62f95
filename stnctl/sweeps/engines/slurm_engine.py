"""Engine with Slurm: it submits job arrays by submitit, and does not wait for their end."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

from stnctl import __version__
from stnctl.config.engines import Slurm
from stnctl.errors import EnvironmentFault
from stnctl.storage.disk import explain_os_errors
from stnctl.sweeps.cell_task import CellTask
from stnctl.sweeps.engines.cluster_node import cell_environment
from stnctl.sweeps.engines.events import CellSubmitted, Event
from stnctl.sweeps.engines.slurm_cell import SlurmCell
from stnctl.sweeps.engines.slurm_jobs import job_states, record_jobs
from stnctl.sweeps.folder import SweepFolder, sweep_folder

ARRAY_SIZE = 1000
"""Maximum number of cells of a job array; 1001 is the default of Slurm."""

SIGNAL_SECONDS = 90
"""Time before the time limit at which a cell saves a checkpoint; less for limits of few minutes."""

_MEGABYTES = 1000
"""Megabytes of a gigabyte."""


@dataclass(frozen=True)
class SlurmEngine:
    """Engine with Slurm.

    Attributes:
        section: The key `engine` of the sweep.
    """

    section: Slurm

    def train(
        self,
        tasks: Iterator[CellTask],
        on_event: Callable[[Event], bool],
        should_stop: Callable[[], bool],
    ) -> None:
        """Submit the cells that are not queued or running, and return.

        Raises:
            EnvironmentFault: If Slurm does not answer, or rejects the jobs.
            InputError: If the record of the jobs is not valid.
        """
        waiting = list(tasks)
        if not waiting:
            return
        folder = sweep_folder(Path(waiting[0].runs_dir), waiting[0].sweep)
        with explain_os_errors(folder.jobs, doing="create", safe="no job was submitted"):
            folder.jobs.mkdir(parents=True, exist_ok=True)
        active = {cell: job for cell, job in job_states(folder).items() if job.is_active}
        for task in waiting:
            if task.cell in active:
                on_event(CellSubmitted(task.cell, active[task.cell].job, is_new=False))
        new = [task for task in waiting if task.cell not in active]
        for cpus, array in _arrays(new, self.section):
            if should_stop():
                return
            jobs = self._submit(array, cpus, folder)
            record_jobs(folder, jobs)
            for cell, job in jobs.items():
                on_event(CellSubmitted(cell, job))

    def _submit(self, tasks: Sequence[CellTask], cpus: int, folder: SweepFolder) -> dict[str, str]:
        """Submit cells as one job array, and return cell -> the id of its job."""
        from submitit import SlurmExecutor
        from submitit.core.utils import FailedJobError, FailedSubmissionError

        environment = cell_environment()
        cells = [SlurmCell(task, __version__, environment, self.section.retries) for task in tasks]
        messages = io.StringIO()
        try:
            with redirect_stderr(messages):
                executor = SlurmExecutor(folder.jobs, max_num_timeout=self.section.retries)
                executor.update_parameters(**self._parameters(tasks[0].sweep, cpus))
                jobs = executor.submit_array(cells)
        except (FailedJobError, FailedSubmissionError, RuntimeError, OSError) as error:
            lines = (str(error).strip() or messages.getvalue().strip()).splitlines()
            raise EnvironmentFault(
                f"Slurm did not take the jobs: {lines[-1] if lines else type(error).__name__}",
                hint="check the keys of the engine, such as partition and account; `sinfo` lists "
                "the partitions",
            ) from error
        return {task.cell: str(job.job_id) for task, job in zip(tasks, jobs, strict=True)}

    def _parameters(self, sweep: str, cpus: int) -> dict[str, Any]:
        """Return the options of `sbatch` under the names of submitit."""
        section = self.section
        return {
            "job_name": f"stnctl-{sweep}",
            "partition": section.partition,
            "account": section.account,
            "time": section.minutes,
            "cpus_per_task": cpus,
            "gpus_per_node": section.gpus or None,
            "mem": f"{ceil(section.memory_gb * _MEGABYTES)}M",
            "array_parallelism": section.parallel,
            "setup": list(section.setup),
            "signal_delay_s": min(SIGNAL_SECONDS, 30 * section.minutes),
            "stderr_to_stdout": True,
            "srun_args": [f"--cpus-per-task={cpus}"],
            "additional_parameters": {"requeue": True},
            "wckey": None,
        }


def _arrays(tasks: Sequence[CellTask], section: Slurm) -> Iterator[tuple[int, Sequence[CellTask]]]:
    """Yield the number of CPU cores of each job array, and its cells."""

    def cpus_of(task: CellTask) -> int:
        return section.cpus or task.threads

    for cpus, group in groupby(sorted(tasks, key=cpus_of), key=cpus_of):
        cells = list(group)
        for start in range(0, len(cells), ARRAY_SIZE):
            yield cpus, cells[start : start + ARRAY_SIZE]
