"""Keeps a training: commits its states, points at the last and the best, says when it is time."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from stnctl.runs import RunDirectory, commit, is_intact, keep_until, point, prune
from stnctl.training.cadence import Cadence
from stnctl.training.position import Position


class Keeper:
    """Keeps one training in a run directory, whose lock the caller holds."""

    def __init__(
        self, run: RunDirectory, cadence: Cadence | None, facts: Mapping[str, Any]
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

    def commit(self, position: Position, state: Mapping[str, np.ndarray]) -> None:
        """Commit ``state``, let the pointers follow ``position``, and tidy up.

        Raises:
            EnvironmentFault: If it can't be written; the earlier commits stay.
        """
        meta = {"position": asdict(position), **self.facts}
        commit(self.run, position.step, state, meta)
        self._whole.add(position.step)
        self._point(position)
        if self.cadence:
            self.cadence.restart()

    def start(self) -> None:
        """Forget what was noted before the first commit."""
        keep_until(self.run, 0)

    def resume(self, position: Position) -> tuple[Position, list[str]]:
        """Bring the run to ``position``, whose commit is whole: pointers, and rows of whole epochs.

        Returns:
            The position, without its best epoch if the commit of that is lost; and a warning then.
        """
        self._whole.add(position.step)
        position, warnings = self._without_lost_best(position)
        keep_until(self.run, position.step - position.epoch_step)
        self._point(position)
        return position, warnings

    def _without_lost_best(self, position: Position) -> tuple[Position, list[str]]:
        best = position.best
        if best is None or is_intact(self.run, best.step):
            return position, []
        return replace(position, best=None), [
            f"the best epoch so far, {best.epoch}, is lost and left out: the checkpoint of step "
            f"{best.step} is missing or damaged"
        ]

    def _point(self, position: Position) -> None:
        point(self.run, "last", position.step, {"epoch": position.epoch})
        if best := position.best:
            numbers = {"epoch": best.epoch, "loss": best.loss, "accuracy": best.accuracy}
            point(self.run, "best", best.step, numbers)
        prune(self.run, whole=self._whole)
