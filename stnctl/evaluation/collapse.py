"""Signs that a transformer has collapsed, and the control to try."""

from dataclasses import dataclass

from stnctl.evaluation.transformer_statistics import TransformerStatistics
from stnctl.geometry.frames import Size

MAX_OUTSIDE = 0.95
"""Share of sampled points outside of U, above which V counts as blank."""

MIN_ENERGY = 0.02
"""Variance of V over that of U, below which V counts as blank."""

MIN_MOVEMENT = 0.001
"""Movement as a share of the longer side of U, below which theta counts as constant."""

TO_FOLLOW = (
    "set `train.penalties.consistency: {}`, or a lower `activity_l2` of the localization network"
)
"""Control to try if theta does not depend on the image."""


@dataclass(frozen=True)
class Collapse:
    """Collapse of a transformer.

    Attributes:
        problem: What was measured, as a sentence.
        hint: The control to try.
    """

    problem: str
    hint: str

    def __str__(self) -> str:
        """Return the sentence and the control to try."""
        return f"{self.problem}; {self.hint}"


def find_collapse(
    name: str, statistics: TransformerStatistics, sides: Size, *, is_trained: bool
) -> Collapse | None:
    """Return the collapse of a transformer; None if it works.

    Args:
        name: Name of the transformer.
        statistics: Its statistics.
        sides: (H, W) of U.
        is_trained: Whether its localization network was trained. If it was not, theta may be the
            same for all images.
    """
    blank = f"V of {name} is blank"
    if statistics.outside > MAX_OUTSIDE:
        share = f"{100 * statistics.outside:.0f} % of the sampled points are outside of the image"
        return Collapse(
            f"{blank}: {share}",
            "bound theta with `head: bounded`, or set `train.penalties.inside: 1`",
        )
    if statistics.energy is not None and statistics.energy < MIN_ENERGY:
        share = f"its variance is {100 * statistics.energy:.2g} % of that of the image"
        return Collapse(
            f"{blank}: {share}",
            "bound theta with `head: bounded`, or lower `train.learning_rate_of.localization`",
        )
    if is_trained and statistics.movement < MIN_MOVEMENT * max(sides):
        moved = f"a sampled point moves by {statistics.movement:.2g} pixels from image to image"
        return Collapse(
            f"theta of {name} does not depend on the image: {moved}",
            TO_FOLLOW,
        )
    return None
