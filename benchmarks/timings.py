"""Repeated measurements: median, quartiles, and ratios that need a quiet machine."""

import statistics
from dataclasses import dataclass

MAX_SPREAD = 0.15
"""Largest difference of the quartiles of a peer, as a fraction of its median."""

NOISY = "noisy"
"""Text in the place of a ratio if the measurements of the peer differ too much."""


@dataclass(frozen=True)
class Timings:
    """Measurements of one call or command, in the rounds in which it had its turn.

    Attributes:
        values: Seconds of each round; or speeds.
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of all rounds."""
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The lower and the upper quartile; of one value, this value twice."""
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def is_noisy(self) -> bool:
        """Whether the quartiles differ by more than `MAX_SPREAD` of the median."""
        low, high = self.quartiles
        return high - low > MAX_SPREAD * self.median

    def text(self, factor: float = 1, digits: int = 2) -> str:
        """Return the median and, in parentheses, the quartiles; each multiplied by a factor."""
        low, high = (f"{factor * each:.{digits}f}" for each in self.quartiles)
        return f"{factor * self.median:.{digits}f} ({low}–{high})"


def verdict(ratio: float, target: float | None, peer: Timings, *, least: bool) -> tuple[str, ...]:
    """Return the texts of a ratio, its target, and whether it is reached.

    Args:
        ratio: The ratio to the peer.
        target: The target of the ratio; None if there is none.
        peer: The measurements of the peer. If they are noisy, no ratio is shown.
        least: Whether the target is the least ratio, not the largest one.
    """
    shown = NOISY if peer.is_noisy else f"{ratio:.2f}"
    if target is None:
        return shown, "", ""
    reached = ratio >= target if least else ratio <= target
    text = f"{'>=' if least else '<='} {target:g}"
    return shown, text, "" if peer.is_noisy else "reached" if reached else "missed"
