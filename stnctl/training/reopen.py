"""Opens a training that goes on, whoever made its run: what may change, what its commits tell.

Light to import: nothing here needs Keras, and nothing large is read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stnctl.config import Config, changed_keys, dump_config, load_resolved, parse_config
from stnctl.data.dataset import Dataset
from stnctl.errors import ConfigError, InputError, UsageError
from stnctl.evaluation.claims import check_claims
from stnctl.evaluation.load import load_data
from stnctl.runs import (
    RunDirectory,
    atomic_write,
    is_intact,
    metas,
    read_pointer,
    read_record,
    tidy,
)
from stnctl.training.position import Best, Position
from stnctl.training.session import Job, check_network

CHANGEABLE = ("train.epochs", "train.checkpoint_every")
"""What may change when a run is resumed: nothing that an epoch's bits depend on."""


def reopen_run(
    run: RunDirectory,
    overrides: Sequence[str],
    *,
    source: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Job:
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
    tidy(run)
    config = load_resolved(run.config, overrides)
    last = next(metas(run), {})
    changed = changed_keys(load_resolved(run.config), config)
    _refuse_changes(run, config, list(dict.fromkeys(changed + _edited_keys(run, config, last))))
    if last:
        _refuse_fewer_epochs(run, config, _position(last))
    dataset = load_data(run, config, source, progress=progress)
    _check_network(run, config, dataset)
    for meta in metas(run):
        check_claims(run, config, dataset, meta)
    return Job(config, dataset)


def keep_config(run: RunDirectory, config: Config) -> None:
    """Let ``config`` be the configuration of a run, if it is another.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    if changed_keys(load_resolved(run.config), config):
        atomic_write(run.config, dump_config(config).encode())


def is_finished(job: Job, run: RunDirectory) -> bool:
    """Return whether ``run`` has trained all that ``job`` wants, and kept it."""
    *_, event = read_record(run)["events"]
    last = next(metas(run), None)
    if event["event"] != "end" or not run.model.exists() or last is None:
        return False
    return _position(last).is_over(job.config.train) and is_intact(run, last["step"])


def last_position(run: RunDirectory) -> Position:
    """Return where the last commit of ``run`` stands, or the start if there is none.

    Raises:
        InputError: If the commit does not tell.
    """
    last = next(metas(run), None)
    return Position() if last is None else _position(last)


def best_epoch(run: RunDirectory) -> Best:
    """Return the best epoch of ``run``, as its pointer tells.

    Raises:
        InputError: If there is none yet, or the pointer does not tell.
    """
    pointer = read_pointer(run, "best")
    return Best.from_dict({key: pointer.get(key) for key in ("epoch", "step", "loss", "accuracy")})


def _position(meta: Mapping[str, Any]) -> Position:
    return Position.from_dict(meta.get("position"))


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


def _refuse_fewer_epochs(run: RunDirectory, config: Config, position: Position) -> None:
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
