"""Opens a training that goes on, whoever made its run: what may change, what its commits tell.

Light to import: nothing here needs Keras, and nothing large is read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stnctl.config.dump import changed_keys, dump_config
from stnctl.config.load import load_resolved, parse_config
from stnctl.config.schema import Config
from stnctl.data.dataset import Dataset
from stnctl.errors import ConfigError, InputError, UsageError
from stnctl.evaluation.checkpoint_check import check_checkpoint_matches_config
from stnctl.evaluation.run_loader import load_data
from stnctl.runs.checkpoint_reader import is_intact, iter_meta, read_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.runs.safe_walk import remove_leftovers
from stnctl.storage.atomic import atomic_write
from stnctl.training.loop_state import BestEpoch, LoopState
from stnctl.training.setup import TrainJob, check_network

CHANGEABLE = ("train.epochs", "train.checkpoint_every")
"""What may change when a run is resumed: nothing that an epoch's bits depend on."""


def resume_job(
    run: RunDirectory,
    overrides: Sequence[str],
    *,
    source: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> TrainJob:
    """Return the job of a run that is to go on, after what killed processes left is removed.

    Args:
        run: The run, whose lock the caller holds.
        overrides: Each ``key=value``.
        source: Where its data lies now, if not where it was.
        progress: Told of a download.

    Raises:
        UsageError: If ``overrides`` change more than `CHANGEABLE`, or leave fewer epochs than
            are begun.
        InputError: If the run's data is missing, damaged or not the same, or does not fit its
            network; or if a commit is not one of that network.
    """
    remove_leftovers(run)
    config = load_resolved(run.config, overrides)
    last = next(iter_meta(run), {})
    changed = changed_keys(load_resolved(run.config), config)
    _refuse_changes(run, config, list(dict.fromkeys(changed + _edited_keys(run, config, last))))
    if last:
        _refuse_fewer_epochs(run, config, _position(last))
    dataset = load_data(run, config, source, progress=progress)
    _check_network(run, config, dataset)
    for meta in iter_meta(run):
        check_checkpoint_matches_config(run, config, dataset, meta)
    return TrainJob(config, dataset)


def update_config(run: RunDirectory, config: Config) -> None:
    """Let ``config`` be the configuration of a run, if it is another.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    if changed_keys(load_resolved(run.config), config):
        atomic_write(run.config, dump_config(config).encode())


def is_finished(job: TrainJob, run: RunDirectory) -> bool:
    """Return whether ``run`` has trained all that ``job`` wants, and kept it."""
    *_, event = read_record(run)["events"]
    last = next(iter_meta(run), None)
    if event["event"] != "end" or not run.model.exists() or last is None:
        return False
    return _position(last).is_over(job.config.train) and is_intact(run, last["step"])


def last_state(run: RunDirectory) -> LoopState:
    """Return where the last commit of ``run`` stands, or the start if there is none.

    Raises:
        InputError: If the commit does not tell.
    """
    last = next(iter_meta(run), None)
    return LoopState() if last is None else _position(last)


def best_epoch(run: RunDirectory) -> BestEpoch:
    """Return the best epoch of ``run``, as its pointer tells.

    Raises:
        InputError: If there is none yet, or the pointer does not tell.
    """
    pointer = read_pointer(run, "best")
    return BestEpoch.from_dict(
        {key: pointer.get(key) for key in ("epoch", "step", "loss", "accuracy")}
    )


def _position(meta: Mapping[str, Any]) -> LoopState:
    return LoopState.from_dict(meta.get("position"))


def _edited_keys(run: RunDirectory, config: Config, last: Mapping[str, Any]) -> list[str]:
    """Return the keys in which ``config`` differs from what the last commit was trained with."""
    if not isinstance(trained := last.get("config"), str):
        return []
    try:
        return changed_keys(parse_config(trained, where="its configuration"), config)
    except ConfigError as error:
        raise InputError(f"the last commit of {run.path} is not valid: {error}") from error


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


def _refuse_fewer_epochs(run: RunDirectory, config: Config, position: LoopState) -> None:
    if config.train.epochs < position.num_begun:
        verb = "begun" if position.epoch_step else "finished"
        raise UsageError(
            f"{run.name} has {verb} {position.num_begun} epochs, so train.epochs can't be "
            f"{config.train.epochs}"
        )


def _check_network(run: RunDirectory, config: Config, dataset: Dataset) -> None:
    try:
        check_network(config, dataset)
    except ConfigError as error:
        raise InputError(f"{run.config}: {error}", hint=error.hint) from error
