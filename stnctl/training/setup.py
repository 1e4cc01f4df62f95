"""Set-up of a training: run directory, compiled model and training loop.

`stnctl.training.execution` executes it, and `stnctl.training.resume` prepares a resumed training.
The import of this module does not load Keras, and is fast; Keras is loaded when a training starts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stnctl.config.dump import config_bytes, dump_config
from stnctl.config.stages import stages_of
from stnctl.data.run_signature import sign_source
from stnctl.errors import InputError
from stnctl.models.job import Job
from stnctl.models.memory_use import state_bytes
from stnctl.runs.checkpoint_reader import newest_valid_checkpoint
from stnctl.runs.config_record import CONFIG, config_record
from stnctl.runs.creation import new_run
from stnctl.runs.directory import RunDirectory
from stnctl.runs.git_revision import describe_git
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import DataRecord, first_record
from stnctl.runs.summary_files import NETWORK
from stnctl.storage.disk import check_space
from stnctl.storage.json_files import readable_json
from stnctl.training.callbacks import Callback
from stnctl.training.loop_state import steps_per_epoch
from stnctl.training.reproducibility import differences_since_start, training_environment
from stnctl.training.start_weights import (
    Start,
    find_start,
    load_start,
    record_of,
    recorded_start,
)

if TYPE_CHECKING:
    import keras

    from stnctl.training.loop import TrainLoop

ModelMaker = Callable[[Job], "keras.Model"]
"""Function that returns the compiled model of a job with its initial weights, as `make_model`."""

SPARE_STATES = 3
"""Number of training states for which the disk must have room before a training starts."""


@contextmanager
def create_run(
    job: Job,
    *,
    runs_dir: Path,
    name: str | None,
    stem: str,
    argv: Sequence[str],
    now: datetime,
    further: Mapping[str, Any] | None = None,
) -> Iterator[RunDirectory]:
    """Create the run of a job, with its configuration and its run.json; hold its lock in the block.

    Args:
        job: The configuration and the data.
        runs_dir: The folder of all runs.
        name: Name of the run; None to generate it from ``stem`` and ``now``.
        stem: First part of a generated name.
        argv: The arguments of the command line, for run.json.
        now: The time in a generated name.
        further: Further entries of run.json, such as the cell of a sweep.

    Raises:
        UsageError: If the name is used by another run, or is not valid.
        InputError: If `train.start_from` names no run with a best checkpoint.
        ConfigError: If the complete configuration is too large for config.yaml.
        EnvironmentFault: If the directory can't be written, the backend is not installed, or
            `train.start_from` can't be signed.
    """
    environment = training_environment(job.config) | {"git": describe_git()}
    data = _data_record(job)
    start = find_start(job.config, runs_dir)
    _check_disk_space(job, runs_dir)

    def first_files(run: RunDirectory) -> dict[Path, bytes]:
        record = first_record(
            run.name,
            argv=argv,
            seed=job.config.seed,
            data=data,
            environment=environment,
            further={
                CONFIG: config_record(job.config),
                NETWORK: _network_record(job),
                **record_of(start),
                **(further or {}),
            },
        )
        return {run.config: config_bytes(job.config), run.run: readable_json(record)}

    with new_run(runs_dir, name, stem, now, first_files) as run:
        yield run


def make_model(job: Job) -> "keras.Model":
    """Return the model of a job with its initial weights, compiled for the first stage.

    Keras must be started.

    The model maps U (B, H, W, C) to logits (B, num_classes).

    Raises:
        ValueError: If Keras can't build the model.
    """
    from stnctl.models.build import build_model

    model = build_model(job.config, job.network)
    compile_for_first_stage(model, job)
    return model


def compile_for_first_stage(model: "keras.Model", job: Job) -> None:
    """Compile the model of a job with the optimizer of the first stage of its training."""
    from stnctl.training.optimizer import compile_model

    first, *_ = stages_of(job.config.train)
    compile_model(model, first.train, steps_per_epoch(first.train, len(job.view("train"))))


def make_first_model(
    job: Job, start: Start | None, models: "ModelMaker | None" = None
) -> "tuple[keras.Model, str | None]":
    """Return the compiled model of a job before its first step, and a note about its weights.

    Args:
        job: The configuration and the data.
        start: Checkpoint of another run with the first weights, or None for random ones. The note
            is then None too.
        models: Maker of the model, default `make_model`.

    Raises:
        StnctlError: If the checkpoint can't be read, or does not fit.
    """
    weights = None if start is None else load_start(job, start)
    model = (models or make_model)(job)  # after the other model, because each sets the random seeds
    return model, None if weights is None else weights.assign_to(model)


def open_loop(
    job: Job,
    run: RunDirectory,
    callback: Callback,
    on_note: Callable[[str], None] = lambda _: None,
    models: "ModelMaker | None" = None,
) -> "tuple[TrainLoop, list[str]]":
    """Return a training loop at the newest valid checkpoint, and a list of warnings.

    The warnings are about missing or damaged checkpoints. A run without checkpoints starts at the
    first step, and gets the weights of the run that it starts from.

    Raises:
        InputError: If all checkpoints of the run are damaged, or the newest intact one does not fit
            the model; or if the run that it starts from has changed.
        EnvironmentFault: If the disk has no room for new checkpoints.
    """
    from stnctl.training.loop import TrainLoop

    _check_disk_space(job, run.path)
    checkpoint, warnings = newest_valid_checkpoint(run)
    if checkpoint is None:
        warnings = _warn_of_restart(run, warnings)
    start = recorded_start(run, job.config) if checkpoint is None else None
    model, note = make_first_model(job, start, models)
    if note is not None:
        on_note(note)
    meta = {
        "environment": training_environment(job.config),
        "inexact": differences_since_start(run, job.config),
        "config": dump_config(job.config),
    }
    loop = TrainLoop(model, job, run, callback, meta)
    return loop, warnings + loop.resume(checkpoint)


def _check_disk_space(job: Job, folder: Path) -> None:
    state = state_bytes(job.config, job.network)
    check_space(folder, SPARE_STATES * state.total())


def _network_record(job: Job) -> dict[str, Any]:
    """Return facts of the network for lists of runs, which then need no trace."""
    return {
        "input_shape": list(job.input_shape),
        "num_classes": job.num_classes,
        "parameters": job.network.parameters,
        "multiply_adds": job.network.multiply_adds,
    }


def _data_record(job: Job) -> DataRecord:
    source, sha256 = job.dataset.source, job.dataset.sha256
    return DataRecord(source, sha256, job.fallback, sign_source(source, sha256))


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
