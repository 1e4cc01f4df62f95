"""Set-up of a training: run directory, compiled model and training loop; and a whole training.

A resumed training is prepared by `stnctl.training.resume`. Light to import: Keras loads only when a
model is built.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stnctl.config.choices import NAMED_SOURCES
from stnctl.config.dump import dump_config
from stnctl.data.run_signature import sign_source
from stnctl.errors import DivergedError, InputError
from stnctl.evaluation.run_loader import load_trained_model
from stnctl.models.backend import start_backend
from stnctl.models.footprint import state_bytes
from stnctl.models.job import Job
from stnctl.runs.checkpoint_reader import newest_valid_checkpoint
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import describe_git
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import DataRecord, record_event, start_record
from stnctl.storage.atomic import atomic_write
from stnctl.storage.disk import check_space
from stnctl.training.callbacks import Callback, Interrupted
from stnctl.training.loop_state import LoopState, steps_per_epoch
from stnctl.training.reproducibility import differences_since_start, training_environment

if TYPE_CHECKING:
    import keras

    from stnctl.training.loop import TrainLoop

SPARE_STATES = 3
"""Number of training states for which the disk must have room before a training starts."""


def create_run(
    job: Job, *, runs_dir: Path, name: str | None, stem: str, argv: Sequence[str], now: datetime
) -> RunDirectory:
    """Create the run directory of a job, with its configuration and its run.json.

    Args:
        job: The configuration and the data.
        runs_dir: The folder of all runs.
        name: Name of the run, or None for ``stem`` and the time.
        stem: First part of a generated name.
        argv: The command line, for run.json.
        now: The time of a generated name.

    Raises:
        UsageError: If the name is taken or not valid.
        EnvironmentFault: If the directory can't be written, or the backend is not installed.
    """
    environment = training_environment(job.config) | {"git": describe_git()}
    _check_disk_space(job, runs_dir)
    run = RunDirectory.create(runs_dir, name, stem, now)
    atomic_write(run.config, dump_config(job.config).encode())
    start_record(
        run, argv=argv, seed=job.config.seed, data=_data_record(job), environment=environment
    )
    return run


def run_training(
    job: Job, run: RunDirectory, callback: Callback, *, on_warning: Callable[[str], None]
) -> LoopState:
    """Train a job from the newest checkpoint of its run to the end, and export the best model.

    The backend starts here. The caller holds the lock of the run. An interruption or a divergence
    is recorded in run.json.

    Args:
        job: The configuration and the data.
        run: The run directory.
        callback: Observes the training, and may stop it.
        on_warning: Called with each warning about lost checkpoints.

    Raises:
        Interrupted: If the callback asks to stop; a checkpoint is saved first.
        DivergedError: If the loss or a weight is not finite; the last checkpoint is kept.
        InputError: If no checkpoint of the run is intact, or one does not fit the model.
        EnvironmentFault: If the disk has too little space, or can't be written.
    """
    start_backend(threads=job.config.train.threads, log=run.log)
    loop, warnings = open_loop(job, run, callback)
    for warning in warnings:
        on_warning(warning)
    try:
        state = loop.train()
    except Interrupted as interruption:
        record_event(run, "interrupted", step=interruption.step)
        raise
    except DivergedError:
        record_event(run, "diverged", step=loop.state.step)
        raise
    finish_run(job, run)
    return state


def make_model(job: Job) -> "keras.Model":
    """Return the job's compiled model, from U (B, H, W, C) to logits, with initial weights.

    Keras must be started.

    Raises:
        ValueError: If Keras can't build it.
    """
    from stnctl.models.build import build_model
    from stnctl.training.optimizer import compile_model

    model = build_model(job.config, job.input_shape, job.num_classes)
    compile_model(model, job.config, steps_per_epoch(job.config.train, len(job.view("train"))))
    return model


def open_loop(job: Job, run: RunDirectory, callback: Callback) -> "tuple[TrainLoop, list[str]]":
    """Return a training loop at the newest valid checkpoint, and warnings about lost ones.

    Raises:
        InputError: If a checkpoint does not fit the model, or none of them is intact.
        EnvironmentFault: If the disk has no room for new checkpoints.
    """
    from stnctl.training.loop import TrainLoop

    _check_disk_space(job, run.path)
    model = make_model(job)
    meta = {
        "environment": training_environment(job.config),
        "inexact": differences_since_start(run, job.config),
        "config": dump_config(job.config),
    }
    loop = TrainLoop(model, job, run, callback, meta)
    checkpoint, warnings = newest_valid_checkpoint(run)
    if checkpoint is None:
        warnings = _warn_of_restart(run, warnings)
    return loop, warnings + loop.resume(checkpoint)


def finish_run(job: Job, run: RunDirectory) -> None:
    """Export the best model as model.keras, and record the end of the training.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    from stnctl.models.keras_file import keras_bytes

    model, _ = load_trained_model(run, job, "best")
    atomic_write(run.model, keras_bytes(model))
    record_event(run, "end")


def _check_disk_space(job: Job, folder: Path) -> None:
    state = state_bytes(job.config, job.input_shape, job.num_classes)
    check_space(folder, SPARE_STATES * state)


def _data_record(job: Job) -> DataRecord:
    source, sha256 = job.dataset.source, job.dataset.sha256
    signature = None if source in NAMED_SOURCES else sign_source(source, sha256)
    return DataRecord(source, sha256, job.fallback, signature)


def _warn_of_restart(run: RunDirectory, damaged: list[str]) -> list[str]:
    """Return a warning if all checkpoints are missing; raise if they are only damaged."""
    if damaged:
        raise InputError(
            f"no checkpoint of {run.path} is intact: {'; '.join(damaged)}",
            hint=f"restore a copy of one, or train again: stnctl train {run.config}",
        )
    if len(read_metrics(run)) > 1:  # the first row is written before the first checkpoint
        return [f"{run.path} has lost all of its checkpoints: training starts again"]
    return []
