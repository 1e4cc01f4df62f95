"""Figure of a confusion matrix."""

from collections.abc import Sequence

import numpy as np

from stnctl.config.messages import shorten
from stnctl.figures.canvas import new_figure, png
from stnctl.figures.text import set_axis_names, set_ticks, set_title, write

LARGEST_SIDE = 20.0
"""Longest side of the figure, in inches."""

MAX_NAME = 20
"""Maximum number of characters of a name that are written."""

_UPRIGHT = 3
"""Number of characters of the longest name up to which the names of the columns are upright."""

MOST_COUNTS = 42
"""Largest number of classes for which the counts are written and legible."""


def confusion_png(confusion: np.ndarray, names: Sequence[str], title: str) -> bytes:
    """Return a PNG of a confusion matrix. A cell is darker for a larger share of its row.

    Args:
        confusion: (K, K) counts; rows are true classes, columns are predicted classes.
        names: Names of the K classes.
        title: Title of the figure.
    """
    num_classes = len(confusion)
    longest = min(max(map(len, names)), MAX_NAME)
    margin = 0.085 * max(longest - _UPRIGHT, 0)  # for the names, in inches
    side = min(max(4.0, 0.45 * num_classes + 1.2), LARGEST_SIDE)
    whole = side + margin
    with new_figure(whole, whole) as figure:
        left, bottom = 0.12 * side + margin, 0.1 * side + margin
        ax = figure.add_axes(
            (left / whole, bottom / whole, 0.85 * side / whole, 0.78 * side / whole)
        )
        rows = np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        shares = confusion / rows
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        set_title(ax, title, fontsize=11)
        set_axis_names(ax, x="predicted", y="true")
        ticks = range(0, num_classes, 1 + num_classes // MOST_COUNTS)
        labels = [shorten(names[tick], MAX_NAME) for tick in ticks]
        for axis in (ax.xaxis, ax.yaxis):
            set_ticks(axis, ticks, labels)
        if longest > _UPRIGHT:
            ax.tick_params(axis="x", labelrotation=90)
        for true, predicted in np.argwhere(confusion) if num_classes <= MOST_COUNTS else ():
            color = "white" if shares[true, predicted] > 0.5 else "black"
            count = str(confusion[true, predicted])
            write(ax, predicted, true, count, ha="center", va="center", color=color, fontsize=8)
        return png(figure)
