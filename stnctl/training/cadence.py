"""When a training commits within an epoch."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Cadence:
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
