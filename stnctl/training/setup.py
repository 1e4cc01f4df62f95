"""Opens a training: its data, its run directory, its model; and closes it.

One that goes on is opened by `stnctl.training.resume`. Light to import: Keras loads where a model
is made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stnctl.config.dump import dump_config
from stnctl.config.schema import Config
from stnctl.data.dataset import SPLITS, Dataset
from stnctl.data.run_signature import sign_source
from stnctl.data.sources.dataset_loader import NAMED, load_with_fallback
from stnctl.data.split_view import make_split_view
from stnctl.errors import InputError
from stnctl.models.footprint import check_limits, state_bytes
from stnctl.models.sizes import check_sizes
from stnctl.runs.checkpoint_reader import newest_valid_checkpoint
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import describe_git
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import DataRecord, record_event, start_record
from stnctl.storage.atomic import atomic_write
from stnctl.storage.disk import check_space
from stnctl.training.callbacks import steps_per_epoch
from stnctl.training.reproducibility import differences_since_start, training_environment

if TYPE_CHECKING:
    import keras

    from stnctl.training.callbacks import Callback
    from stnctl.training.loop import TrainLoop

SPARE_STATES = 3
"""A training starts if the disk has room for so many of its states."""


@dataclass(frozen=True)
class TrainJob:
    """What is to be trained.

    Attributes:
        config: The configuration.
        dataset: The data to use.
        fallback: Why it is not the data that was asked for, or None.
    """

    config: Config
    dataset: Dataset
    fallback: str | None = None


def prepare_job(
    config: Config, progress: Callable[[int, int | None], None] | None = None
) -> TrainJob:
    """Load the data of a configuration, and check that the network fits it.

    Raises:
        ConfigError: If the network does not fit the images, or is larger than its limits.
        InputError: If the data is missing or damaged.
        EnvironmentFault: If it can't be had, and ``data.offline`` is null.
    """
    dataset, fallback = load_with_fallback(config.data, progress=progress)
    check_network(config, dataset)
    return TrainJob(config, dataset, fallback)


def check_network(config: Config, dataset: Dataset) -> None:
    """Refuse a network that does not fit the images, or is larger than its limits.

    Raises:
        ConfigError: If it is so.
        InputError: If a split has no images that fit the configuration.
    """
    for name in SPLITS:
        make_split_view(config, dataset, name).examples()
    view = make_split_view(config, dataset, "train")
    check_sizes(config.model, view.input_shape[:2])
    check_limits(config, view.input_shape, view.num_classes(dataset.num_classes))


def create_run(
    job: TrainJob,
    *,
    runs_dir: Path,
    name: str | None,
    stem: str,
    argv: Sequence[str],
    now: datetime,
) -> RunDirectory:
    """Make the run directory of a job, with its configuration and its record.

    Raises:
        UsageError: If the name is taken or not legal.
        EnvironmentFault: If the directory can't be written, or the backend is not there.
    """
    environment = training_environment(job.config) | {"git": describe_git()}
    _check_room(job, runs_dir)
    run = RunDirectory.create(runs_dir, name, stem, now)
    atomic_write(run.config, dump_config(job.config).encode())
    start_record(
        run,
        argv=argv,
        seed=job.config.seed,
        data=_describe_data(job),
        environment=environment,
    )
    return run


def _check_room(job: TrainJob, folder: Path) -> None:
    """Refuse a training for whose commits the disk of ``folder`` has no room."""
    view = make_split_view(job.config, job.dataset, "train")
    num_classes = view.num_classes(job.dataset.num_classes)
    check_space(folder, SPARE_STATES * state_bytes(job.config, view.input_shape, num_classes))


def _describe_data(job: TrainJob) -> DataRecord:
    source, sha256 = job.dataset.source, job.dataset.sha256
    owned = None if source in NAMED else sign_source(source, sha256)
    return DataRecord(source, sha256, job.fallback, owned)


def make_model(job: TrainJob) -> "keras.Model":
    """Return the job's compiled model with its first weights. Keras must have been started.

    Raises:
        ValueError: If Keras can't build it.
    """
    from stnctl.models.build import build_model
    from stnctl.training.optimizer import compile_model

    view = make_split_view(job.config, job.dataset, "train")
    model = build_model(job.config, view.input_shape, view.num_classes(job.dataset.num_classes))
    compile_model(model, job.config, steps_per_epoch(job.config, len(view)))
    return model


def open_loop(
    job: TrainJob, run: RunDirectory, observer: "Callback"
) -> "tuple[TrainLoop, list[str]]":
    """Return a training at its newest valid commit, and warnings about lost ones.

    Raises:
        InputError: If a commit does not fit the model, or there are some and none is whole.
        EnvironmentFault: If the disk has no room for what the training will commit.
    """
    from stnctl.training.loop import TrainLoop

    _check_room(job, run.path)
    model = make_model(job)
    facts = {
        "environment": training_environment(job.config),
        "inexact": differences_since_start(run, job.config),
        "config": dump_config(job.config),
    }
    fit = TrainLoop(model, job.dataset, job.config, run, observer, facts)
    checkpoint, warnings = newest_valid_checkpoint(run)
    if checkpoint is None:
        warnings = _warn_of_a_start(run, warnings)
    return fit, warnings + fit.resume(checkpoint)


def _warn_of_a_start(run: RunDirectory, damaged: list[str]) -> list[str]:
    """Return a warning if all that was trained is gone; refuse to go on if it is only damaged."""
    if damaged:
        raise InputError(
            f"no checkpoint of {run.path} is whole: {'; '.join(damaged)}",
            hint=f"put back a copy of one, or train again: stnctl train {run.config}",
        )
    if len(read_metrics(run)) > 1:  # the first is written before the first commit
        return [f"{run.path} has no checkpoint any more, so it is trained from the start"]
    return []


def finish_run(job: TrainJob, run: RunDirectory) -> None:
    """Write the best model as model.keras, and the end into the run's record.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    from stnctl.evaluation.run_loader import load_weights
    from stnctl.models.keras_file import keras_bytes

    model: Any = make_model(job)
    load_weights(model, run, "best")
    atomic_write(run.model, keras_bytes(model))
    record_event(run, "end")
