"""Choice of the digits in the page: the worst predictions, and equally many of each class."""

import numpy as np

from stnctl.data.batches import epoch_order
from stnctl.inspection.examples import worst_indices

WORST_SHARE = 0.2
"""Share of the digits that are the worst predictions."""


def choose_digits(labels: np.ndarray, losses: np.ndarray, count: int) -> tuple[np.ndarray, int]:
    """Return the indices of the digits, the worst predictions first, and the number of those.

    The others are drawn at random, the classes in turn. The result depends only on the arguments.

    Args:
        labels: (N,).
        losses: Cross-entropy of each example, (N,).
        count: The wanted number of digits, at least 1.

    Returns:
        Indices, (min(count, N),), int64, and the number of worst predictions among them.
    """
    count = min(count, len(labels))
    worst = worst_indices(losses, round(WORST_SHARE * count))
    order = epoch_order(0, 0, len(labels))
    rest = order[~np.isin(order, worst)]
    turns = np.zeros(len(rest), np.int64)
    for label in np.unique(labels):
        places = np.flatnonzero(labels[rest] == label)
        turns[places] = np.arange(len(places))
    in_turn = rest[np.lexsort((labels[rest], turns))]
    return np.concatenate([worst, in_turn[: count - len(worst)]]).astype(np.int64), len(worst)
