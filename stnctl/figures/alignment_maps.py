"""Figure of an alignment: the undone against the drawn values as heat maps, and mean images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stnctl.config.messages import shorten
from stnctl.figures.canvas import new_figure, png
from stnctl.figures.curve import COLORS
from stnctl.figures.example_grids import shade_limits, show_map
from stnctl.figures.text import set_axis_names, set_title, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES = 10
"""Largest number of classes that are drawn."""

MAX_NAME = 12
"""Maximum number of characters of a name that fit above a panel."""

_BINS = 45
_LARGE, _SMALL, _GAP = 2.5, 1.05, 0.12
_LEFT, _TOP, _TITLE = 1.0, 0.35, 0.35
_MAP = "viridis"


@dataclass(frozen=True, eq=False)
class DrawnAndUndone:
    """Values of one part of the pose of N images.

    Attributes:
        name: Name of the part with its unit.
        drawn: (N,), the values of the drawn distortion.
        undone: (N,), the values that the transformer undoes.
    """

    name: str
    drawn: np.ndarray
    undone: np.ndarray

    @property
    def limit(self) -> float:
        """Largest absolute value that is drawn, with a margin."""
        return 1.08 * float(np.abs(self.drawn).max())


def alignment_png(
    parts: Sequence[DrawnAndUndone],
    labels: np.ndarray,
    means: Sequence[tuple[str, np.ndarray]],
    names: Sequence[str],
    *,
    title: str,
) -> bytes:
    """Return a PNG with a heat map of each part, the first part of each class, and mean images.

    A transformer that undoes the distortion puts all images on the diagonal line.

    Args:
        parts: One or more parts of N images.
        labels: (N,), the class of each image.
        means: Heading of a row of mean images, and the images of all classes (K, H, W, C).
        names: Names of the classes.
        title: Title of the figure.
    """
    classes = min(len(means[0][1]), MOST_CLASSES)
    step = _SMALL + _GAP
    width = _LEFT + max(classes * step, len(parts) * (_LARGE + 0.75))
    height = _TITLE + _TOP + _LARGE + 0.75 + (1 + len(means)) * step
    with new_figure(width, height) as figure:
        write(figure, 0.5, 1 - 0.1 / height, title, max_lines=2, ha="center", va="top", fontsize=12)
        bottom = height - _TITLE - _TOP - _LARGE
        for number, part in enumerate(parts):
            axes = _axes(figure, _LEFT + number * (_LARGE + 0.75), bottom, _LARGE)
            _draw(axes, part, part.limit)
            set_title(axes, part.name, fontsize=10)
            set_axis_names(axes, x="drawn", y="undone" if number == 0 else "")
        bottom -= 0.75 + _SMALL
        _write_heading(figure, parts[0].name.partition(" (")[0], bottom)
        for label in range(classes):
            axes = _axes(figure, _LEFT + label * step, bottom, _SMALL)
            rows = labels == label
            own = DrawnAndUndone("", parts[0].drawn[rows], parts[0].undone[rows])
            _draw(axes, own, parts[0].limit)
            axes.set_xticks([])
            axes.set_yticks([])
            set_title(axes, shorten(names[label], MAX_NAME), fontsize=9, pad=3)
        _draw_means(figure, means, classes, bottom)
        return png(figure)


def _draw_means(
    figure: "Figure", means: Sequence[tuple[str, np.ndarray]], classes: int, bottom: float
) -> None:
    for heading, maps in means:
        bottom -= _SMALL + _GAP
        _write_heading(figure, heading, bottom)
        for label in range(classes):
            axes = _axes(figure, _LEFT + label * (_SMALL + _GAP), bottom, _SMALL)
            axes.set_axis_off()
            show_map(axes, maps[label], shade_limits(maps[label]))


def _write_heading(figure: "Figure", heading: str, bottom: float) -> None:
    """Write the heading of a row of small panels to its left."""
    width, height = figure.get_size_inches()
    x, y = (_LEFT - 0.1) / width, (bottom + _SMALL / 2) / height
    write(figure, x, y, heading, ha="right", va="center", fontsize=9)


def _axes(figure: "Figure", left: float, bottom: float, side: float) -> "Axes":
    width, height = figure.get_size_inches()
    return figure.add_axes((left / width, bottom / height, side / width, side / height))


def _draw(axes: "Axes", part: DrawnAndUndone, limit: float) -> None:
    """Draw the heat map of a part, and the diagonal line; values beyond the limit are left out."""
    counts, _, _ = np.histogram2d(
        part.undone, part.drawn, bins=_BINS, range=[[-limit, limit], [-limit, limit]]
    )
    extent = (-limit, limit, -limit, limit)
    axes.imshow(counts, origin="lower", extent=extent, cmap=_MAP, aspect="auto")
    axes.plot([-limit, limit], [-limit, limit], color=COLORS[1], linewidth=0.9)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    axes.tick_params(labelsize=8)
