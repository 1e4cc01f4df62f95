"""Opens what a command works on: data under a configuration, and finished runs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from stnctl.cli import console
from stnctl.config.load import load_resolved
from stnctl.config.messages import shorten
from stnctl.config.schema import Config
from stnctl.data.sources.dataset_loader import load_with_fallback
from stnctl.data.split_view import SplitView, make_split_view
from stnctl.errors import InputError, UsageError
from stnctl.evaluation.checkpoint_check import check_checkpoint_matches_config
from stnctl.evaluation.run_loader import LoadedRun, compiled_view, load_data_of, load_run
from stnctl.inspection.distortion_preview import LostMass
from stnctl.models.backend import chosen_backend, start_backend
from stnctl.runs.checkpoint_paths import Pointer
from stnctl.runs.checkpoint_reader import follow_pointer, read_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lookup import find_run
from stnctl.runs.provenance import read_record
from stnctl.training.setup import TrainJob, prepare_job

MODEL_SUFFIXES = (".keras", ".h5", ".hdf5")
"""Of files in which Keras keeps models."""

MUCH_LOST = 0.05
"""The share of the digits' mass from which on it is worth a warning that it leaves."""

_LONGEST = 40


def open_job(config: Config, *, fits: bool = True) -> TrainJob:
    """Return a configuration with its data, and warn if that is not what was asked for.

    Args:
        config: The configuration.
        fits: Whether its network must fit the data.

    Raises:
        StnctlError: If the data is missing or damaged, or does not fit.
    """
    with console.progress("downloading", unit="bytes") as progress:
        if fits:
            job = prepare_job(config, progress=progress)
        else:
            job = TrainJob(config, *load_with_fallback(config.data, progress=progress))
    if job.fallback:
        console.warning(job.fallback)
    return job


def warn_of_lost_mass(lost: LostMass) -> None:
    """Warn if much of the digits is not to be seen."""
    if lost.mean > MUCH_LOST:
        console.warning(
            f"on average {lost.mean:.1%} of a digit's mass leaves the canvas, and up to "
            f"{lost.worst:.0%}: such digits may not be told apart"
        )


def open_views(job: TrainJob, splits: Sequence[str]) -> dict[str, SplitView]:
    """Return the splits as a network sees them; Keras starts if there are images to make."""
    views = {name: make_split_view(job.config, job.dataset, name) for name in splits}
    if all(view.spec.is_plain for view in views.values()):
        return views
    start_backend(threads=job.config.train.threads)
    return {name: compiled_view(job.config, job.dataset, name) for name in splits}


def note_other_backend(run: RunDirectory) -> None:
    """Tell if the run was trained on another backend: the last digits may then differ.

    Raises:
        EnvironmentFault: If the backend that is asked for is not there.
    """
    trained, now = read_record(run)["environment"].get("backend"), chosen_backend()
    if trained and trained != now:
        known = shorten(str(trained), _LONGEST)
        console.note(f"note  trained with {known}, now on {now}: the last digits may differ")


def open_run(text: str, runs_dir: Path, *, checkpoint: str, source: str | None) -> LoadedRun:
    """Return the one run that a person named, as `open_runs` does."""
    return open_runs([text], runs_dir, checkpoint=checkpoint, source=source)[0]


def open_runs(
    texts: Sequence[str], runs_dir: Path, *, checkpoint: str, source: str | None
) -> list[LoadedRun]:
    """Return the runs that a person named, with Keras started with the threads of the first.

    Args:
        texts: Each as the argument RUN takes it.
        runs_dir: The folder of all runs.
        checkpoint: "best" or "last".
        source: Where the runs' data lies now, if not where it was.

    Raises:
        StnctlError: If a run, its data or its checkpoint is missing or damaged, or is named twice.
    """
    runs = [_find_run(text, runs_dir) for text in texts]
    _refuse_twice(runs)
    configs = [_read_config(run) for run in runs]
    with console.progress("downloading", unit="bytes") as progress:
        datasets = load_data_of(runs, configs, source, progress=progress)
    pointer = cast("Pointer", checkpoint)
    described = list(zip(runs, configs, datasets, strict=True))
    for each in described:
        check_checkpoint_matches_config(*each, follow_pointer(each[0], pointer, read_meta))
    start_backend(threads=configs[0].train.threads)
    return [load_run(*each, checkpoint=pointer) for each in described]


def _find_run(text: str, runs_dir: Path) -> RunDirectory:
    is_folder = os.path.isdir(text) or os.path.isdir(runs_dir / text)  # noqa: PTH112 - never fails
    if Path(text).suffix.lower() in MODEL_SUFFIXES and not is_folder:
        raise InputError(
            f"{text} is never loaded as a model: such files may run code and read others",
            hint="name the run directory that it came from",
        )
    return find_run(text, runs_dir)


def _refuse_twice(runs: Sequence[RunDirectory]) -> None:
    paths = [run.path.resolve() for run in runs]
    for number, run in enumerate(runs):
        if paths[number] in paths[:number]:
            raise UsageError(f"{run.path} is named twice")


def _read_config(run: RunDirectory) -> Config:
    console.note(f"run   {run.path}")
    note_other_backend(run)
    return load_resolved(run.config)
