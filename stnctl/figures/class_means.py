"""Figure of the mean images of the classes: a row for U and for each V, a column for each class."""

from collections.abc import Sequence

import numpy as np

from stnctl.config.messages import shorten
from stnctl.figures.canvas import new_figure, png
from stnctl.figures.example_grids import shade_limits, show_map
from stnctl.figures.text import set_title, write

MOST_CLASSES = 20
"""Largest number of classes that are drawn."""

MAX_NAME = 11
"""Maximum number of characters of a name that fit above an image."""

_SIDE, _GAP, _LEFT, _TOP = 0.85, 0.06, 1.3, 0.28


def class_means_png(rows: Sequence[tuple[str, np.ndarray]], names: Sequence[str]) -> bytes:
    """Return a PNG of the mean images of at most `MOST_CLASSES` classes.

    Args:
        rows: Heading of a row, and its images (K, H, W, C).
        names: Names of the K classes.
    """
    columns = min(len(rows[0][1]), MOST_CLASSES)
    step = _SIDE + _GAP
    width, height = _LEFT + columns * step, _TOP + len(rows) * step
    with new_figure(width, height) as figure:
        for row, (heading, maps) in enumerate(rows):
            bottom = height - _TOP - (row + 1) * step
            center = (bottom + _SIDE / 2) / height
            write(
                figure, (_LEFT - 0.1) / width, center, heading, ha="right", va="center", fontsize=9
            )
            for column in range(columns):
                left = _LEFT + column * step
                axes = figure.add_axes(
                    (left / width, bottom / height, _SIDE / width, _SIDE / height)
                )
                axes.set_axis_off()
                show_map(axes, maps[column], shade_limits(maps[column]))
                if row == 0:
                    set_title(axes, shorten(names[column], MAX_NAME), fontsize=9, pad=3)
        return png(figure)
