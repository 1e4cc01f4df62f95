"""Figure of a confusion matrix."""

import numpy as np

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.text import set_axis_names, set_ticks, set_title, write

LARGEST_SIDE = 20.0
"""Longest side of the figure, in inches."""

MOST_COUNTS = 42
"""Largest number of classes for which the counts are written and legible."""


def confusion_png(confusion: np.ndarray, title: str) -> bytes:
    """Return a PNG of a confusion matrix. A cell is darker for a larger share of its row.

    Args:
        confusion: (K, K) counts; rows are true classes, columns are predicted classes.
        title: Title of the figure.
    """
    num_classes = len(confusion)
    side = min(max(4.0, 0.45 * num_classes + 1.2), LARGEST_SIDE)
    with new_figure(side, side) as figure:
        ax = figure.add_axes((0.12, 0.1, 0.85, 0.78))
        rows = np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        shares = confusion / rows
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        set_title(ax, title, fontsize=11)
        set_axis_names(ax, x="predicted", y="true")
        ticks = range(0, num_classes, 1 + num_classes // MOST_COUNTS)
        for axis in (ax.xaxis, ax.yaxis):
            set_ticks(axis, ticks, [str(tick) for tick in ticks])
        for true, predicted in np.argwhere(confusion) if num_classes <= MOST_COUNTS else ():
            color = "white" if shares[true, predicted] > 0.5 else "black"
            count = str(confusion[true, predicted])
            write(ax, predicted, true, count, ha="center", va="center", color=color, fontsize=8)
        return png(figure)
