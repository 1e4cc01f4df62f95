"""Opens a training: its data, its run directory, its model; and closes it.

Light to import: Keras loads where a model is made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stnctl.config import Config, changed_keys, dump_config, load_resolved, parse_config
from stnctl.data.dataset import SPLITS, Dataset
from stnctl.data.ownership import mark
from stnctl.data.sources import NAMED, load_with_fallback
from stnctl.data.views import make_view
from stnctl.errors import InputError, UsageError
from stnctl.evaluation.load import load_data
from stnctl.models.footprint import check_limits
from stnctl.models.sizes import check_sizes
from stnctl.runs import (
    DataRecord,
    RunDirectory,
    atomic_write,
    check_space,
    load_last,
    newest_valid,
    read_record,
    read_rows,
    record_event,
    start_record,
    tidy,
)
from stnctl.training.environment import environment_of
from stnctl.training.position import Position
from stnctl.training.progress import steps_per_epoch

if TYPE_CHECKING:
    import keras

    from stnctl.training.fit import Fit
    from stnctl.training.progress import Observer

CHANGEABLE = ("train.epochs", "train.checkpoint_every")
"""What may change when a run is resumed: nothing that an epoch's bits depend on."""

SPARE_STATES = 3
"""A training starts if the disk has room for so many of its states."""


@dataclass(frozen=True)
class Job:
    """What is to be trained.

    Attributes:
        config: The configuration.
        dataset: The data to use.
        fallback: Why it is not the data that was asked for, or None.
    """

    config: Config
    dataset: Dataset
    fallback: str | None = None


def prepare(config: Config, progress: Callable[[int, int | None], None] | None = None) -> Job:
    """Load the data of a configuration, and check that the network fits it.

    Raises:
        ConfigError: If the network does not fit the images, or is larger than its limits.
        InputError: If the data is missing or damaged.
        EnvironmentFault: If it can't be had, and ``data.offline`` is null.
    """
    dataset, fallback = load_with_fallback(config.data, progress=progress)
    _check_network(config, dataset)
    return Job(config, dataset, fallback)


def _check_network(config: Config, dataset: Dataset) -> None:
    """Refuse a network that does not fit the images, or is larger than its limits."""
    for name in SPLITS:
        make_view(config, dataset, name).epoch()
    view = make_view(config, dataset, "train")
    check_sizes(config.model, view.input_shape[:2])
    check_limits(config, view.input_shape, view.num_classes(dataset.num_classes))


def create_run(
    job: Job, *, runs_dir: Path, name: str | None, stem: str, argv: Sequence[str], now: datetime
) -> RunDirectory:
    """Make the run directory of a job, with its configuration and its record.

    Raises:
        UsageError: If the name is taken or not legal.
        EnvironmentFault: If the directory can't be written, or the backend is not there.
    """
    environment = environment_of(job.config)
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


def _describe_data(job: Job) -> DataRecord:
    source, sha256 = job.dataset.source, job.dataset.sha256
    owned = None if source in NAMED else mark(source, sha256)
    return DataRecord(source, sha256, job.fallback, owned)


def reopen_run(
    run: RunDirectory,
    overrides: Sequence[str],
    *,
    source: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Job:
    """Return the job of a run that is to go on, and keep what ``overrides`` change.

    Args:
        run: The run, whose lock the caller holds.
        overrides: Each ``key=value``.
        source: Where its data lies now, if not where it was.
        progress: Told of a download.

    Raises:
        UsageError: If ``overrides`` change more than `CHANGEABLE`, or leave fewer epochs than
            are finished.
        ConfigError: If the network does not fit the images, or is larger than its limits.
        InputError: If the run's data is missing, damaged or not the same.
    """
    config = load_resolved(run.config, overrides)
    changed = changed_keys(load_resolved(run.config), config)
    _refuse_changes(run, config, list(dict.fromkeys(changed + _edited_keys(run, config))))
    if config.train.epochs < (finished := finished_epochs(run)):
        raise UsageError(
            f"{run.name} has finished {finished} epochs, so train.epochs can't be "
            f"{config.train.epochs}"
        )
    dataset = load_data(run, config, source, progress=progress)
    _check_network(config, dataset)
    if changed:
        atomic_write(run.config, dump_config(config).encode())
    return Job(config, dataset)


def _edited_keys(run: RunDirectory, config: Config) -> list[str]:
    """Return the keys in which ``config`` differs from what the last commit was trained with."""
    try:
        trained = load_last(run).meta.get("config")
    except InputError:  # there is none yet, or a resume will say that it is damaged
        return []
    if not isinstance(trained, str):
        return []
    return changed_keys(parse_config(trained, where=f"{run.path}: its last commit"), config)


def _refuse_changes(run: RunDirectory, config: Config, changed: Sequence[str]) -> None:
    hint = f"start a new run: stnctl train {run.config} --set ..."
    if refused := [key for key in changed if key not in CHANGEABLE]:
        raise UsageError(
            f"a resumed run can't change {', '.join(refused)}; only {', '.join(CHANGEABLE)} may",
            hint=hint,
        )
    if "train.epochs" in changed and config.train.schedule != "constant":
        raise UsageError(
            f"train.epochs can't change: the {config.train.schedule} schedule of the learning rate "
            f"counts on it",
            hint=hint,
        )


def finished_epochs(run: RunDirectory) -> int:
    """Return the number of epochs that ``run`` has finished."""
    epochs = (row.get("epoch") for row in read_rows(run))
    return max((epoch for epoch in epochs if type(epoch) is int), default=0)


def is_finished(job: Job, run: RunDirectory) -> bool:
    """Return whether ``run`` has trained all that ``job`` wants, and kept its best model."""
    *_, last = read_record(run)["events"]
    if last["event"] != "end" or not run.model.exists():
        return False
    return last_position(run).is_over(job.config.train)


def last_position(run: RunDirectory) -> Position:
    """Return where the last commit of ``run`` stands.

    Raises:
        InputError: If there is none, or it is damaged.
    """
    return Position.from_dict(load_last(run).meta.get("position"))


def make_model(job: Job) -> "keras.Model":
    """Return the job's compiled model with its first weights. Keras must have been started.

    Raises:
        ValueError: If Keras can't build it.
    """
    from stnctl.models.build import build_model
    from stnctl.training.optimizer import compile_model

    view = make_view(job.config, job.dataset, "train")
    model = build_model(job.config, view.input_shape, view.num_classes(job.dataset.num_classes))
    compile_model(model, job.config, steps_per_epoch(job.config, len(view)))
    return model


def open_fit(job: Job, run: RunDirectory, observer: "Observer") -> "tuple[Fit, list[str]]":
    """Return a training at its newest valid commit, and warnings about lost ones.

    Raises:
        InputError: If a commit does not fit the model.
        EnvironmentFault: If the disk has no room for what the training will commit.
    """
    from stnctl.models.state import training_state_of
    from stnctl.training.fit import Fit

    tidy(run)
    model = make_model(job)
    num_bytes = sum(array.nbytes for array in training_state_of(model).values())
    check_space(run, SPARE_STATES * num_bytes)
    facts = {"environment": environment_of(job.config), "config": dump_config(job.config)}
    fit = Fit(model, job.dataset, job.config, run, observer, facts)
    checkpoint, warnings = newest_valid(run)
    return fit, warnings + fit.resume(checkpoint)


def finish(job: Job, run: RunDirectory) -> None:
    """Write the best model as model.keras, and the end into the run's record.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    from stnctl.evaluation.load import load_weights
    from stnctl.models.export import keras_bytes

    model: Any = make_model(job)
    load_weights(model, run, "best")
    atomic_write(run.model, keras_bytes(model))
    record_event(run, "end")
