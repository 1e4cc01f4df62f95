"""Preparation of a resumed training: allowed changes, checks, and loop states of checkpoints.

This module does not load Keras, and reads no arrays of checkpoints.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stnctl.config.dump import changed_keys, config_bytes
from stnctl.config.load import load_resolved
from stnctl.config.schema import Config
from stnctl.errors import ConfigError, InputError, UsageError
from stnctl.evaluation.checkpoint_check import check_checkpoint_matches_config
from stnctl.evaluation.edited_config import edited_keys
from stnctl.evaluation.run_loader import load_run_dataset
from stnctl.models.job import Job
from stnctl.runs.checkpoint_reader import is_intact, iter_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.pointers import read_pointer
from stnctl.runs.provenance import read_record, record_event
from stnctl.runs.safe_walk import remove_leftovers
from stnctl.storage.atomic import atomic_write
from stnctl.training.checks import check_training
from stnctl.training.loop_state import BestEpoch, LoopState
from stnctl.training.reproducibility import differences_since_start

CHANGEABLE = ("train.epochs", "train.checkpoint_every")
"""Keys that may change when a run is resumed. The bits of an epoch do not depend on them."""


def load_resumed_job(
    run: RunDirectory,
    overrides: Sequence[str],
    *,
    source: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Job:
    """Load the job of a run to resume, and remove the leftovers of killed processes.

    Args:
        run: The run directory. The caller must hold its lock.
        overrides: Changes of the configuration, each as text ``key=value``.
        source: New location of the data, if it was moved; None for the location in run.json.
        progress: Called during a download, with the number of downloaded bytes and the total, None
            if unknown.

    Raises:
        UsageError: If ``overrides`` change other keys than `CHANGEABLE`; if they change
            ``train.epochs``, but the learning-rate schedule depends on it; or if ``train.epochs``
            is smaller than the number of started epochs.
        InputError: If the data of the run is missing, damaged or different, or does not fit its
            network; or if a checkpoint does not match the configuration.
    """
    remove_leftovers(run)
    config = load_resolved(run.config, overrides)
    last = next(iter_meta(run), {})
    changed = changed_keys(load_resolved(run.config), config)
    _reject_changes(run, config, list(dict.fromkeys(changed + edited_keys(run, config, last))))
    if last:
        _reject_fewer_epochs(run, config, _loop_state(last))
    job = Job(config, load_run_dataset(run, config, source, progress=progress))
    _check_network(run, job)
    for meta in iter_meta(run):
        check_checkpoint_matches_config(run, job, meta)
    return job


def load_followed_job(run: RunDirectory, *, source: str | None = None) -> Job:
    """Load the job of a run that the first of several processes has prepared for a resume.

    Args:
        run: The run directory, which stays unchanged.
        source: As in `load_resumed_job`.

    Raises:
        InputError: If the data of the run is missing, damaged or different.
    """
    config = load_resolved(run.config)
    return Job(config, load_run_dataset(run, config, source))


def start_resume(run: RunDirectory, job: Job, *, strict: bool = False) -> str | None:
    """Save the changed configuration of a resumed run, and record the resume in run.json.

    Args:
        run: The run directory. The caller must hold its lock.
        job: The job of the run, from `load_resumed_job`.
        strict: Whether to reject a resume that is not bit-exact.

    Returns:
        A warning if the resume is not bit-exact, otherwise None.

    Raises:
        UsageError: If ``strict`` is set, and the resume is not bit-exact.
        ConfigError: If the changed configuration is too large for config.yaml.
        EnvironmentFault: If a file can't be written.
    """
    problem = None
    if differences := differences_since_start(run, job.config):
        problem = f"not bit-exact: {', '.join(differences)}"
        if strict:
            raise UsageError(problem, hint="restore them, or resume without --strict")
    _update_config(run, job.config)
    record_event(run, "resume")
    return problem


def is_finished(run: RunDirectory, job: Job) -> bool:
    """Return whether a run is complete: all epochs are trained, saved and exported."""
    *_, event = read_record(run)["events"]
    last = next(iter_meta(run), None)
    if event["event"] != "end" or not run.model.exists() or last is None:
        return False
    return _loop_state(last).is_over(job.config.train) and is_intact(run, last["step"])


def last_loop_state(run: RunDirectory) -> LoopState:
    """Return the loop state of the last checkpoint of a run; without one, the initial loop state.

    Raises:
        InputError: If the checkpoint has no valid loop state.
    """
    last = next(iter_meta(run), None)
    return LoopState() if last is None else _loop_state(last)


def best_epoch(run: RunDirectory) -> BestEpoch:
    """Return the best epoch of a run, as recorded in its pointer "best".

    Raises:
        InputError: If the pointer is missing or not valid.
    """
    pointer = read_pointer(run, "best")
    return BestEpoch.from_dict(
        {key: pointer.get(key) for key in ("epoch", "step", "loss", "accuracy")}
    )


def _loop_state(meta: Mapping[str, Any]) -> LoopState:
    return LoopState.from_dict(meta.get("position"))


def _update_config(run: RunDirectory, config: Config) -> None:
    if changed_keys(load_resolved(run.config), config):
        atomic_write(run.config, config_bytes(config))


def _reject_changes(run: RunDirectory, config: Config, changed: Sequence[str]) -> None:
    hint = f"start a new run: stnctl train {run.config} --set ..."
    if rejected := [key for key in changed if key not in CHANGEABLE]:
        raise UsageError(
            f"a resumed run can't change {', '.join(rejected)}; only {', '.join(CHANGEABLE)} may "
            "change",
            hint=hint,
        )
    schedule = config.train.schedule
    if "train.epochs" in changed and schedule.depends_on_epochs:
        raise UsageError(
            f"train.epochs can't change: the {schedule.schedule} learning-rate schedule depends on "
            "it",
            hint=hint,
        )


def _reject_fewer_epochs(run: RunDirectory, config: Config, state: LoopState) -> None:
    if config.train.epochs < state.num_started:
        verb = "started" if state.epoch_step else "finished"
        raise UsageError(
            f"{run.name} has {verb} {state.num_started} epochs, so train.epochs can't be "
            f"{config.train.epochs}",
            hint=f"set train.epochs to {state.num_started} or more",
        )


def _check_network(run: RunDirectory, job: Job) -> None:
    try:
        job.check_network()
        check_training(job)
    except ConfigError as error:
        raise InputError(f"{run.config}: {error}", hint=error.hint) from error
