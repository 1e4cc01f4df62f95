"""Safe loading of finished runs, including untrusted ones.

`find_runs` finds runs. `load_runs` loads them in a fixed order: read the configuration, load the
data, compare the checkpoint with the configuration, start the backend, build the model from the
configuration, and assign the weights.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stnctl.config.choices import NAMED_SOURCES
from stnctl.config.load import load_resolved
from stnctl.config.messages import shorten
from stnctl.config.schema import Config
from stnctl.config.stages import stage_of_epoch
from stnctl.data.dataset import Dataset
from stnctl.data.run_signature import is_signed_by_user
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.data.sources.download import SourceUnavailable
from stnctl.errors import ConfigError, EnvironmentFault, InputError, UsageError
from stnctl.evaluation.checkpoint_check import check_checkpoint_matches_config
from stnctl.evaluation.edited_config import check_not_edited
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.models.backend import chosen_backend, start_backend
from stnctl.models.job import Job
from stnctl.runs.checkpoint_paths import Pointer
from stnctl.runs.checkpoint_reader import Checkpoint, follow_pointer, load_checkpoint, read_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lookup import find_run
from stnctl.runs.provenance import read_record

MODEL_SUFFIXES = (".keras", ".h5", ".hdf5")
"""Suffixes of Keras model files. Such files may run code when they are loaded."""

Progress = Callable[[int, int | None], None]
"""Called with the number of downloaded bytes and the total, None if the total is unknown."""

_MAX_SHOWN = 200
_MAX_EPOCHS = 2**53


def load_run(
    run: str | Path,
    *,
    runs_dir: str | Path = "runs",
    checkpoint: Pointer = "best",
    data: str | None = None,
) -> LoadedRun:
    """Load a run with its trained model, for example in a notebook.

    If Keras is not loaded yet, it starts with the number of threads of the run.

    Args:
        run: Path of a run, its name, an unambiguous prefix of its name, or "latest".
        runs_dir: The folder of all runs.
        checkpoint: "best" (by validation accuracy) or "last".
        data: New location of the data, if it was moved; None for the location in run.json.

    Raises:
        StnctlError: If the run, its data or its checkpoint is missing or damaged.
    """
    start = _keep_backend if "keras" in sys.modules else start_backend
    runs = find_runs([str(run)], Path(runs_dir))
    [loaded] = load_runs(runs, checkpoint=checkpoint, source=data, start=start)
    return loaded


def find_runs(names: Sequence[str], runs_dir: Path) -> list[RunDirectory]:
    """Return the runs with the given names.

    Args:
        names: For each run, its path, its name, an unambiguous prefix of its name, or "latest".
        runs_dir: The folder of all runs.

    Raises:
        UsageError: If a run is named twice.
        InputError: If a run does not exist, or a model file is named instead of a run.
        EnvironmentFault: If there is no permission to read a run.
    """
    runs = [_find(name, runs_dir) for name in names]
    paths = [run.path.resolve() for run in runs]
    for number, run in enumerate(runs):
        if paths[number] in paths[:number]:
            raise UsageError(f"{run.path} is named twice")
    return runs


def load_runs(
    runs: Sequence[RunDirectory],
    *,
    checkpoint: Pointer = "best",
    source: str | None = None,
    progress: Progress | None = None,
    on_run: Callable[[RunDirectory, str | None], None] = lambda _run, _note: None,
    start: Callable[..., object] = start_backend,
) -> list[LoadedRun]:
    """Load runs with their trained models, on a backend with the threads of the first run.

    Args:
        runs: The runs.
        checkpoint: "best" or "last".
        source: New location of the data of all runs, if it was moved; None for the location in the
            run.json of each run.
        progress: Called during a download.
        on_run: Called with each run, and a note if it was trained on another backend than the
            current one, otherwise None.
        start: Function that starts the backend, called with the keyword ``threads``.

    Raises:
        StnctlError: If the configuration, the data or the checkpoint of a run is missing, damaged
            or edited.
    """
    jobs = load_jobs(runs, checkpoint=checkpoint, source=source, progress=progress, on_run=on_run)
    start(threads=jobs[0].config.train.threads)
    return [
        LoadedRun(run, job, *load_trained_model(run, job, checkpoint))
        for run, job in zip(runs, jobs, strict=True)
    ]


def load_jobs(
    runs: Sequence[RunDirectory],
    *,
    checkpoint: Pointer = "best",
    source: str | None = None,
    progress: Progress | None = None,
    on_run: Callable[[RunDirectory, str | None], None] = lambda _run, _note: None,
) -> list[Job]:
    """Load the configurations and the data of runs, without Keras; see `load_runs`.

    Raises:
        StnctlError: If the configuration or the data of a run, or the meta.json of the checkpoint,
            is missing, damaged or edited.
    """
    configs = [_read_config(run, on_run) for run in runs]
    datasets = _load_datasets(runs, configs, source, progress)
    jobs = [Job(config, dataset) for config, dataset in zip(configs, datasets, strict=True)]
    for run, job in zip(runs, jobs, strict=True):
        meta = follow_pointer(run, checkpoint, read_meta)
        check_not_edited(run, job.config, meta)
        check_checkpoint_matches_config(run, job, meta)
    return jobs


def load_trained_model(
    run: RunDirectory, job: Job, checkpoint: Pointer, model: Any = None
) -> tuple[Any, int]:
    """Return the model of a run with the weights of a checkpoint. Keras must be started.

    The model is built from the configuration. Only arrays and JSON are read from the checkpoint.

    Args:
        run: The run directory.
        job: The configuration and the data of the run.
        checkpoint: "best" or "last".
        model: A model of the job that gets the weights; None to build one.

    Returns:
        The Keras model, from U (B, H, W, C) to logits (B, num_classes), and the number of finished
        epochs of the checkpoint.

    Raises:
        InputError: If the checkpoint is missing or damaged, or does not match the configuration.
    """
    return _with_weights(run, job, follow_pointer(run, checkpoint), model)


def load_model_of_step(run: RunDirectory, job: Job, step: int) -> tuple[Any, int]:
    """Return the model of a run with the weights of a kept checkpoint; see `load_trained_model`.

    Args:
        run: The run directory.
        job: The configuration and the data of the run.
        step: The step of the checkpoint.

    Raises:
        InputError: If the checkpoint is missing or damaged, or does not match the configuration.
    """
    return _with_weights(run, job, load_checkpoint(run, step), None)


def first_model(job: Job) -> Any:
    """Return the model of a job with the first weights that its seed gives. Keras must be started.

    They are those of a training on the same backend without `train.start_from`.
    """
    from stnctl.models.build import build_model

    return build_model(job.config, job.network)


def load_run_dataset(
    run: RunDirectory,
    config: Config,
    source: str | None = None,
    *,
    progress: Progress | None = None,
) -> Dataset:
    """Return the data set on which a run was trained.

    The hash of the data is compared with the hash in run.json.

    Args:
        run: The run directory.
        config: The configuration of the run.
        source: New location of the data, if it was moved; None for the location in run.json.
        progress: Called during a download.

    Raises:
        ConfigError: If the configuration has keys for .npz files, but ``source`` is no .npz file.
        InputError: If the data is missing, damaged or different; if only an untrusted run names its
            path; or if the configuration does not fit the data.
        EnvironmentFault: If the data can't be read or downloaded.
    """
    used = read_record(run)["data"]
    hint = "name the new location of the same data with --data SOURCE"
    place = _location(run, used, source)
    try:
        dataset = load_dataset(config.data, source=place, progress=progress)
    except (ConfigError, InputError, EnvironmentFault) as error:
        # hints about the configuration do not apply: that of a run is fixed
        if error.hint and not isinstance(error, ConfigError | SourceUnavailable):
            hint = f"{error.hint}; or {hint}"
        of_the_run = isinstance(error, ConfigError) and source is None
        kind = InputError if of_the_run else type(error)
        raise kind(f"the data of {run.name}: {error}", hint=hint) from error
    if dataset.sha256 != used["sha256"]:
        raise InputError(
            f"{dataset.source} is not the data that {run.name} was trained on: expected sha256 "
            f"{used['sha256'][:12]}..., found {dataset.sha256[:12]}...",
            hint=hint,
        )
    return dataset


def _with_weights(
    run: RunDirectory, job: Job, checkpoint: Checkpoint, model: Any
) -> tuple[Any, int]:
    """Return a model with the weights of a checkpoint, and its number of finished epochs."""
    from stnctl.models.build import build_model
    from stnctl.models.state import restore_weights
    from stnctl.models.variable_parts import freeze_layers

    check_checkpoint_matches_config(run, job, checkpoint.meta)
    num_epochs = _finished_epochs(run, checkpoint)
    if model is None:
        model = build_model(job.config, job.network)
    within = checkpoint.meta["position"].get("epoch_step", 0) != 0
    stage = stage_of_epoch(job.config.train, num_epochs if within else max(num_epochs - 1, 0))
    freeze_layers(model, stage.train.freeze)  # the averages are those of trainable weights
    restore_weights(model, checkpoint.arrays)
    return model, num_epochs


def _find(name: str, runs_dir: Path) -> RunDirectory:
    is_folder = os.path.isdir(name) or os.path.isdir(runs_dir / name)  # noqa: PTH112 - never fails
    if Path(name).suffix.lower() in MODEL_SUFFIXES and not is_folder:
        raise InputError(
            f"{name} is never loaded as a model: such files may run code and read other files",
            hint="name its run directory",
        )
    return find_run(name, runs_dir)


def _read_config(run: RunDirectory, on_run: Callable[[RunDirectory, str | None], None]) -> Config:
    on_run(run, _backend_note(run))
    return load_resolved(run.config)


def _backend_note(run: RunDirectory) -> str | None:
    trained, now = read_record(run)["environment"].get("backend"), chosen_backend()
    if not trained or trained == now:
        return None
    return f"trained with {shorten(str(trained), 40)}, now on {now}: the last digits may differ"


def _load_datasets(
    runs: Sequence[RunDirectory],
    configs: Sequence[Config],
    source: str | None,
    progress: Progress | None,
) -> list[Dataset]:
    """Return the data set of each run; a data set shared by several runs is loaded once."""
    loaded: dict[tuple[Any, ...], Dataset] = {}
    datasets = []
    for run, config in zip(runs, configs, strict=True):
        used, data = read_record(run)["data"], config.data
        place = _location(run, used, source)
        layout = (data.keys, data.image_shape, data.first_label, data.classes)
        key = (place, used["sha256"], *layout, data.validation, data.test)
        if key not in loaded:
            loaded[key] = load_run_dataset(run, config, source, progress=progress)
        datasets.append(loaded[key])
    return datasets


def _location(run: RunDirectory, used: Mapping[str, Any], source: str | None) -> str:
    """Return the source to read, and reject a path that only an untrusted run names."""
    place: str = source or used["source"]
    if source or place in NAMED_SOURCES or is_signed_by_user(used):
        return place
    raise InputError(
        f"{run.run} names data at {shorten(repr(place), _MAX_SHOWN)}, but the run was not made "
        "by this user: nothing was read from there",
        hint="if you trust that data, name it with --data PATH",
    )


def _finished_epochs(run: RunDirectory, checkpoint: Checkpoint) -> int:
    match checkpoint.meta.get("position"):
        case {"epoch": int(epoch)} if 0 <= epoch <= _MAX_EPOCHS and epoch is not True:
            return epoch
    raise InputError(
        f"the checkpoint of step {checkpoint.step} of {run.path} has no valid number of finished "
        "epochs"
    )


def _keep_backend(*, threads: int) -> None:
    """Keep the backend and the threads of Keras, which is loaded already."""
