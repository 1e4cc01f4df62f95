"""When a training commits within an epoch."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np

from stnctl.runs.checkpoint_reader import is_intact
from stnctl.runs.checkpoint_writer import prune_checkpoints, save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import truncate_after
from stnctl.training.loop_state import LoopState


@dataclass
class CheckpointSchedule:
    """Tells after each step whether a commit is due.

    Attributes:
        every: How many of the unit lie between two commits.
        unit: "steps" or "seconds".
        clock: A clock that never goes back, in seconds.
    """

    every: int
    unit: str
    clock: Callable[[], float] = time.monotonic
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        self.restart()

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Return the cadence that ``train.checkpoint_every`` asks for; None for none."""
        if text is None:
            return None
        every, unit = text.split()
        return cls(int(every), unit)

    def restart(self) -> None:
        """Count from a commit that was just made."""
        self._since = self.clock()

    def is_due(self, step: int) -> bool:
        """Return whether to commit after ``step``, counted from the start of the training."""
        if self.unit == "steps":
            return step % self.every == 0
        return self.clock() - self._since >= self.every


class Checkpointer:
    """Keeps one training in a run directory, whose lock the caller holds."""

    def __init__(
        self, run: RunDirectory, cadence: CheckpointSchedule | None, facts: Mapping[str, Any]
    ) -> None:
        """Keep the parts.

        Args:
            run: The run.
            cadence: When to commit within an epoch, or None for its end only.
            facts: What each commit tells beside its position: what its bits depend on.
        """
        self.run = run
        self.cadence = cadence
        self.facts = facts
        self._whole: set[int] = set()

    def is_due(self, step: int) -> bool:
        """Return whether to commit after ``step``, which lies within an epoch."""
        return self.cadence is not None and self.cadence.is_due(step)

    def save(self, position: LoopState, state: Mapping[str, np.ndarray]) -> None:
        """Commit ``state``, let the pointers follow ``position``, and tidy up.

        Raises:
            EnvironmentFault: If it can't be written; the earlier commits stay.
        """
        meta = {"position": asdict(position), **self.facts}
        save_checkpoint(self.run, position.step, state, meta)
        self._whole.add(position.step)
        self._point(position)
        if self.cadence:
            self.cadence.restart()

    def start(self) -> None:
        """Forget what was noted before the first commit."""
        truncate_after(self.run, 0)

    def resume(self, position: LoopState) -> tuple[LoopState, list[str]]:
        """Bring the run to ``position``, whose commit is whole: pointers, and rows of whole epochs.

        Returns:
            The position, without its best epoch if the commit of that is lost; and a warning then.
        """
        self._whole.add(position.step)
        position, warnings = self._without_lost_best(position)
        truncate_after(self.run, position.step - position.epoch_step)
        self._point(position)
        return position, warnings

    def _without_lost_best(self, position: LoopState) -> tuple[LoopState, list[str]]:
        best = position.best
        if best is None or is_intact(self.run, best.step):
            return position, []
        return replace(position, best=None), [
            f"the best epoch so far, {best.epoch}, is lost and left out: the checkpoint of step "
            f"{best.step} is missing or damaged"
        ]

    def _point(self, position: LoopState) -> None:
        set_pointer(self.run, "last", position.step, {"epoch": position.epoch})
        if best := position.best:
            numbers = {"epoch": best.epoch, "loss": best.loss, "accuracy": best.accuracy}
            set_pointer(self.run, "best", best.step, numbers)
        prune_checkpoints(self.run, whole=self._whole)
