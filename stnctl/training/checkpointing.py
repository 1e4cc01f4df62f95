"""Checkpoints and metrics during a training: schedule, removal, and the marks "last" and "best"."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol, Self

import numpy as np

from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import is_intact
from stnctl.runs.checkpoint_writer import (
    prune_checkpoints,
    remove_checkpoints,
    save_checkpoint,
    set_pointer,
)
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import append_metrics, truncate_after
from stnctl.training.callbacks import EpochMetrics
from stnctl.training.loop_state import LoopState

NO_LIMIT = 2**31
"""Number of steps that no training exceeds."""


@dataclass
class CheckpointSchedule:
    """Interval of the checkpoints within an epoch.

    Attributes:
        every: Length of the interval, in the given unit.
        unit: "steps" or "seconds".
        clock: A monotonic clock, in seconds.
    """

    every: int
    unit: str
    clock: Callable[[], float] = time.monotonic
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the first interval."""
        self.restart()

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Return the schedule of a valid value of ``train.checkpoint_every``; None for None."""
        if text is None:
            return None
        every, unit = text.split()
        return cls(int(every), unit)

    def restart(self) -> None:
        """Start a new interval, after a checkpoint."""
        self._since = self.clock()

    def is_due(self, step: int) -> bool:
        """Return whether a checkpoint is due after ``step`` finished steps of the training."""
        if self.unit == "steps":
            return step % self.every == 0
        return self.clock() - self._since >= self.every

    def steps_left(self, step: int) -> int:
        """Return the number of steps after ``step`` to the next one that can need a checkpoint.

        An interval in seconds has no such limit.
        """
        return self.every - step % self.every if self.unit == "steps" else NO_LIMIT


class Writer(Protocol):
    """Writer of the state and the metrics of a training."""

    def is_due(self, step: int) -> bool:
        """Return whether a checkpoint is due after ``step`` finished steps, within an epoch."""

    def steps_left(self, step: int) -> int:
        """Return the number of steps after ``step`` to the next one that can need a checkpoint."""

    def save(self, state: LoopState, arrays: Mapping[str, np.ndarray]) -> None:
        """Save a checkpoint of the loop state and the training state of the model."""

    def add_metrics(self, metrics: EpochMetrics) -> None:
        """Add the metrics of an epoch."""

    def has_checkpoints(self) -> bool:
        """Return whether a checkpoint is saved."""

    def start(self) -> None:
        """Remove all metrics, before a training starts."""

    def restart(self) -> None:
        """Remove all metrics and checkpoints, before a training starts again."""

    def resume(self, state: LoopState) -> tuple[LoopState, list[str]]:
        """Return the loop state of a resumed training, and warnings."""


class NoWriter:
    """Writer that writes nothing: another process writes the same."""

    def is_due(self, step: int) -> bool:
        """Return False."""
        del step
        return False

    def steps_left(self, step: int) -> int:
        """Return `NO_LIMIT`."""
        del step
        return NO_LIMIT

    def save(self, state: LoopState, arrays: Mapping[str, np.ndarray]) -> None:
        """Do nothing."""

    def add_metrics(self, metrics: EpochMetrics) -> None:
        """Do nothing."""

    def has_checkpoints(self) -> bool:
        """Return False."""
        return False

    def start(self) -> None:
        """Do nothing."""

    def restart(self) -> None:
        """Do nothing."""

    def resume(self, state: LoopState) -> tuple[LoopState, list[str]]:
        """Return the same state."""
        return state, []


class Checkpointer:
    """Writer of the checkpoints of a training. Its user must hold the lock of the run."""

    def __init__(
        self, run: RunDirectory, schedule: CheckpointSchedule | None, meta: Mapping[str, Any]
    ) -> None:
        """Store the arguments.

        Args:
            run: The run directory.
            schedule: Interval of checkpoints within an epoch; None to save only at the end of each
                epoch.
            meta: Further entries of each meta.json: the environment and the configuration, on
                which the bits of the training depend.
        """
        self.run = run
        self.schedule = schedule
        self.meta = meta
        self._verified: set[int] = set()

    def is_due(self, step: int) -> bool:
        """Return whether a checkpoint is due after ``step`` finished steps, within an epoch."""
        return self.schedule is not None and self.schedule.is_due(step)

    def steps_left(self, step: int) -> int:
        """Return the number of steps after ``step`` to the next one that can need a checkpoint."""
        return NO_LIMIT if self.schedule is None else self.schedule.steps_left(step)

    def save(self, state: LoopState, arrays: Mapping[str, np.ndarray]) -> None:
        """Save a checkpoint, set the pointers, and prune old checkpoints.

        Args:
            state: The loop state.
            arrays: The training state of the model, from `stnctl.models.state.training_state_of`.

        Raises:
            EnvironmentFault: If the checkpoint can't be written. Earlier checkpoints are unchanged.
        """
        save_checkpoint(self.run, state.step, arrays, {"position": asdict(state), **self.meta})
        self._verified.add(state.step)
        self._set_pointers(state)
        if self.schedule:
            self.schedule.restart()

    def add_metrics(self, metrics: EpochMetrics) -> None:
        """Add the metrics of an epoch to the files of the run.

        Raises:
            EnvironmentFault: If they can't be written.
        """
        append_metrics(self.run, metrics.numbers(), metrics.times())

    def has_checkpoints(self) -> bool:
        """Return whether the run has a checkpoint."""
        return bool(checkpoint_steps(self.run))

    def start(self) -> None:
        """Remove all metrics of a run without checkpoints, before its training starts."""
        truncate_after(self.run, 0)

    def restart(self) -> None:
        """Remove all metrics and checkpoints, before a training starts again.

        A training that is killed meanwhile resumes from an earlier checkpoint, or from its first
        step. It reaches the same restart.
        """
        remove_checkpoints(self.run)
        self._verified.clear()
        truncate_after(self.run, 0)

    def resume(self, state: LoopState) -> tuple[LoopState, list[str]]:
        """Reset the pointers and the metrics of the run to an earlier state.

        Args:
            state: The loop state of an intact checkpoint.

        Returns:
            The loop state and a list of warnings. If the checkpoint of the best epoch is missing or
            damaged, the state has no best epoch, and the list has a warning.
        """
        self._verified.add(state.step)
        state, warnings = self._drop_lost_best(state)
        truncate_after(self.run, state.step - state.epoch_step)
        self._set_pointers(state)
        return state, warnings

    def _drop_lost_best(self, state: LoopState) -> tuple[LoopState, list[str]]:
        best = state.best
        if best is None or is_intact(self.run, best.step):
            return state, []
        return replace(state, best=None), [
            f"the best epoch so far, {best.epoch}, is dropped: the checkpoint of step {best.step} "
            "is missing or damaged"
        ]

    def _set_pointers(self, state: LoopState) -> None:
        set_pointer(self.run, "last", state.step, {"epoch": state.epoch})
        if best := state.best:
            numbers = {"epoch": best.epoch, "loss": best.loss, "accuracy": best.accuracy}
            set_pointer(self.run, "best", best.step, numbers)
        prune_checkpoints(self.run, verified_steps=self._verified)
