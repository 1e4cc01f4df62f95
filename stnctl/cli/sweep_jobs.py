"""Jobs of the cells of a sweep on the console: the submitted ones, and their states."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from stnctl.cli import console
from stnctl.sweeps.engines.events import CellSubmitted
from stnctl.sweeps.engines.slurm_jobs import JobState

HEADER = ("cell", "job", "state", "reason", "log")
_MAX_IDS = 10


def note_submitted(events: Sequence[CellSubmitted]) -> None:
    """Print the jobs of the cells that were submitted now or before, and how to cancel them."""
    new = [event.job for event in events if event.is_new]
    before = [event.job for event in events if not event.is_new]
    if new:
        console.note(f"submitted to Slurm: {_jobs_text(new)}")
    if before:
        console.note(f"queued or running before: {_jobs_text(before)}")
    if events:
        ids = list(dict.fromkeys(event.job.partition("_")[0] for event in events))
        console.note(f"cancel with: {console.command('scancel', *ids)}")


def job_document(states: Mapping[str, JobState]) -> dict[str, Any]:
    """Return the states of jobs as a part of a JSON document."""
    return {cell: {**asdict(job), "log": str(job.log)} for cell, job in states.items()}


def show_jobs(states: Mapping[str, JobState], finished: Sequence[str]) -> None:
    """Print a table of the jobs that wait, run or failed.

    Args:
        states: Cell -> the state of its last job.
        finished: The cells whose run is finished, perhaps by other means.
    """
    rows = [
        [cell, job.job, job.state, job.reason or "-", str(job.log)]
        for cell, job in states.items()
        if job.state != "ended" and cell not in finished
    ]
    if rows:
        console.result_table("jobs of Slurm", HEADER, rows, texts=HEADER)


def _jobs_text(jobs: Sequence[str]) -> str:
    """Return the ids of jobs as a text: ``array 41 (2 cells), job 42``."""
    counts = Counter(job.partition("_")[0] for job in jobs)
    is_array = {job.partition("_")[0]: "_" in job for job in jobs}
    texts = [
        f"array {main} ({count} cell{'' if count == 1 else 's'})"
        if is_array[main]
        else f"job {main}"
        for main, count in counts.items()
    ]
    further = f", and {len(texts) - _MAX_IDS} more" if len(texts) > _MAX_IDS else ""
    return ", ".join(texts[:_MAX_IDS]) + further
