"""Loading of jobs and runs for the commands, with progress bars, notes and warnings."""

from collections.abc import Sequence
from typing import cast

from stnctl.cli import console
from stnctl.config.schema import Config
from stnctl.data.split_view import SplitView
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.run_loader import load_jobs, load_runs
from stnctl.inspection.distortion_preview import LostMass
from stnctl.models.backend import start_backend
from stnctl.models.job import Job, load_job
from stnctl.runs.checkpoint_paths import Pointer
from stnctl.runs.directory import RunDirectory

WARN_LOST = 0.05
"""Bound on the mean of the lost mass, above which a warning is printed."""


def open_job(config: Config, *, network: bool = True) -> Job:
    """Load the data of a configuration, and print warnings about it.

    There is one if a fallback replaces the data, and one if its labels do not begin with the first
    label. Notes of the data are printed too.

    Args:
        config: The configuration.
        network: Whether to check that the network fits the data.

    Raises:
        StnctlError: If the data is missing or damaged, or the network does not fit it.
    """
    with console.progress("loading data", unit="") as progress:
        job = load_job(config, network=network, progress=progress)
    if job.fallback:
        console.warning(job.fallback)
    for note in job.dataset.notes:
        console.note(f"note  {note}")
    if first := job.dataset.lowest_label:
        count = job.dataset.num_classes
        console.warning(
            f"the labels of {job.dataset.source} are {first} to {count - 1}, but the network has "
            f"{count} outputs, from 0: set `data.first_label: {first}`"
        )
    return job


def open_views(job: Job, splits: Sequence[str]) -> dict[str, SplitView]:
    """Return the split views of some splits, and start Keras if the images are distorted.

    Args:
        job: The configuration and the data.
        splits: Names of the splits.

    Returns:
        Name of a split -> its split view.
    """
    plain = all(job.view(split).spec.is_plain for split in splits)
    if not plain:
        start_backend(threads=job.config.train.threads)
    return {split: job.view(split, compiled=not plain) for split in splits}


def warn_of_lost_mass(lost: LostMass) -> None:
    """Print a warning if the mean of the lost mass is above `WARN_LOST`."""
    if lost.mean > WARN_LOST:
        console.warning(
            f"on average {lost.mean:.1%} of a digit's mass leaves the canvas, and up to "
            f"{lost.worst:.0%}: such digits may be impossible to classify"
        )


def open_runs(
    runs: Sequence[RunDirectory], *, checkpoint: str, source: str | None
) -> list[LoadedRun]:
    """Return runs with their trained models, and print the path of each run.

    Args:
        runs: The runs.
        checkpoint: "best" or "last".
        source: New location of the data of the runs, if it was moved; None for the location in the
            run.json of each run.

    Raises:
        StnctlError: If the configuration, the data or the checkpoint of a run is missing, damaged
            or edited.
    """
    with console.progress("loading data", unit="") as progress:
        return load_runs(
            runs,
            checkpoint=cast("Pointer", checkpoint),
            source=source,
            progress=progress,
            on_run=_note_run,
        )


def open_job_of_run(run: RunDirectory, *, source: str | None) -> Job:
    """Return the configuration and the data of a run, and print its path. Keras is not loaded.

    Args:
        run: The run.
        source: New location of its data, if it was moved; None for the location in run.json.

    Raises:
        StnctlError: As in `open_runs`.
    """
    with console.progress("loading data", unit="") as progress:
        [job] = load_jobs(
            [run],
            checkpoint="last",
            source=source,
            progress=progress,
            on_run=lambda run, _backend: _note_run(run, None),
        )
    return job


def _note_run(run: RunDirectory, backend: str | None) -> None:
    console.note(f"run   {run.path}")
    if backend:
        console.note(f"note  {backend}")
