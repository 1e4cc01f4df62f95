"""Jobs of Slurm: the job of each cell, its state, and its end.

The folder ``jobs`` of a sweep has ``cells.json`` with the jobs, ``ends/CELL.json`` with the ends
that the jobs write, and the files of submitit.
"""

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from stnctl.errors import EnvironmentFault, InputError
from stnctl.storage.atomic import atomic_write
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.json_files import json_bytes, parse_json, read_json, write_json
from stnctl.storage.regular_file import read_regular_file
from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.folder import SweepFolder

QUEUE = ("squeue", "--noheader", "--array", "--format=%i|%T|%r")
"""Command that lists queued and running jobs: id, state and reason."""

HISTORY = ("sacct", "--noheader", "--allocations", "--parsable2", "--format=JobID,State", "--jobs")
"""Command that lists ended jobs. It fails on a cluster without accounting."""

QUEUED = {"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT"}
"""States of Slurm in which a job waits."""

NO_RESULT = "its job ended without a result"
COMMAND_SECONDS = 60
_MAX_BYTES = 2**25
_MAX_REASON = 200


@dataclass(frozen=True)
class JobState:
    """State of the last job of a cell.

    Attributes:
        job: Its id, such as ``123_4``.
        state: State: "failed" also for a cell that diverged, and "ended" for all others that ended.
        reason: Reason why it waits or failed, or "".
        log: Its log.
    """

    job: str
    state: Literal["pending", "running", "ended", "failed"]
    reason: str
    log: Path

    @property
    def is_active(self) -> bool:
        """Whether the job waits or runs."""
        return self.state in ("pending", "running")


def record_jobs(folder: SweepFolder, jobs: Mapping[str, str]) -> None:
    """Add jobs to the record of a sweep.

    Args:
        folder: The folder of the sweep, which has the folder of jobs.
        jobs: Cell -> the id of its job.

    Raises:
        EnvironmentFault: If the record can't be written.
        InputError: If the record is not valid.
    """
    atomic_write(_record(folder), json_bytes({**read_jobs(folder), **jobs}, indent=None))


def read_jobs(folder: SweepFolder) -> dict[str, str]:
    """Return cell -> the id of its last job; {} for a sweep without jobs of Slurm.

    Raises:
        InputError: If the record is not valid.
        EnvironmentFault: If there is no permission to read it.
    """
    path = _record(folder)
    if not path.exists():
        return {}
    found = parse_json(read_regular_file(path, _MAX_BYTES), str(path))
    if not all(isinstance(job, str) and _is_job(job) for job in found.values()):
        raise InputError(f"{path}: expected ids of jobs of Slurm", hint="remove this file")
    return found


def record_end(folder: SweepFolder, job: str, end: CellEnd) -> None:
    """Write the end of a cell.

    Args:
        folder: The folder of the sweep.
        job: The id of its job.
        end: The end.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    path = _end(folder, end.cell)
    with explain_os_errors(path, doing="create the folder of", safe="the run is unchanged"):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"job": job, **asdict(end)})


def job_states(folder: SweepFolder) -> dict[str, JobState]:
    """Return cell -> the state of its last job; {} for a sweep without jobs of Slurm.

    Raises:
        InputError: If a record is not valid.
        EnvironmentFault: If Slurm does not answer.
    """
    jobs = read_jobs(folder)
    if not jobs:
        return {}
    active = _active_jobs()
    ends = {cell: _read_end(folder, cell, job) for cell, job in jobs.items() if job not in active}
    history = _ended_jobs(jobs[cell] for cell, end in ends.items() if end is None)
    return {
        cell: JobState(job, *_state(active.get(job), ends.get(cell), history.get(job)), log)
        for cell, job in jobs.items()
        for log in [folder.jobs / f"{job}_0_log.out"]
    }


def _state(
    active: tuple[str, str] | None, end: Mapping[str, Any] | None, history: str | None
) -> tuple[Literal["pending", "running", "ended", "failed"], str]:
    """Return the state of a job and its reason, from its row in the queue, its end, or sacct."""
    if active is not None:
        state, reason = active
        reason = "" if reason in ("None", "") else reason
        return ("pending" if state in QUEUED else "running"), reason
    if end is None:
        return "failed", f"{NO_RESULT}: {history}" if history else NO_RESULT
    problem = end.get("problem")
    if end.get("outcome") in ("failed", "diverged", "busy"):
        return "failed", str(problem or "")
    return "ended", ""


def _active_jobs() -> dict[str, tuple[str, str]]:
    """Return the id of each queued or running job of this user -> its state and its reason."""
    done = _run(*QUEUE, f"--user={os.getuid()}")
    if done is None or done.returncode:
        problem = "is not installed here" if done is None else done.stderr.strip()[:_MAX_REASON]
        raise EnvironmentFault(
            f"Slurm does not answer: {QUEUE[0]} {problem}",
            hint="run the command on a machine of the cluster from which jobs are submitted",
        )
    rows = [line.strip().split("|", 2) for line in done.stdout.splitlines()]
    return {row[0]: (row[1], row[2][:_MAX_REASON]) for row in rows if len(row) == 3}


def _ended_jobs(jobs: Iterable[str]) -> dict[str, str]:
    """Return the id of each job that the accounting of Slurm knows -> its state."""
    ids = sorted({job.partition("_")[0] for job in jobs})
    done = _run(*HISTORY, ",".join(ids)) if ids else None
    if done is None or done.returncode:
        return {}
    rows = [line.split("|", 1) for line in done.stdout.splitlines()]
    return {row[0]: row[1].strip()[:_MAX_REASON] for row in rows if len(row) == 2}


def _run(*command: str) -> "subprocess.CompletedProcess[str] | None":
    """Run a command of Slurm; return None if it is not installed, or does not end."""
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, and checked ids
            command, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _read_end(folder: SweepFolder, cell: str, job: str) -> dict[str, Any] | None:
    """Return the end that a job wrote, or None."""
    path = _end(folder, cell)
    found = read_json(path) if path.exists() else {}
    return found if found.get("job") == job else None


def _record(folder: SweepFolder) -> Path:
    return folder.jobs / "cells.json"


def _end(folder: SweepFolder, cell: str) -> Path:
    return folder.jobs / "ends" / f"{Path(cell).name}.json"


def _is_job(job: str) -> bool:
    return all(part.isascii() and part.isdigit() for part in job.split("_")) and len(job) < 40
