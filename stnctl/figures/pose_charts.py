"""Charts of poses for an HTML page: histograms, values by class, and drawn against undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import page_figure, svg
from stnctl.figures.curve import COLORS
from stnctl.figures.text import set_axis_names, set_ticks, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 20
"""Largest number of classes that are shown one by one."""

_PER_CLASS, _POINTS = 40, 600
_PANEL, _HEIGHT = 2.1, 1.9
_DOTS: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 2.2,
    "alpha": 0.45,
    "markeredgewidth": 0,
    "rasterized": True,  # thousands of elements would make a page slow
}


@dataclass(frozen=True, eq=False)
class PosePart:
    """Values of one part of the poses of N images.

    Attributes:
        name: Name of the part with its unit, such as ``rotation (degrees)``.
        values: (N,).
    """

    name: str
    values: np.ndarray


def pose_svg(parts: Sequence[PosePart], labels: np.ndarray, prefix: str) -> str:
    """Return an SVG with a histogram of each part, and below it the values of each class.

    Of each class, at most 40 images are shown, with the median of all of them.

    Args:
        parts: The parts.
        labels: (N,), the class of each image.
        prefix: Start of the ids, see `stnctl.figures.canvas.svg`.
    """
    classes = np.unique(labels)[:MOST_CLASSES]
    with page_figure(_PANEL * len(parts), 2.3 * _HEIGHT) as figure:
        for n, part in enumerate(parts):
            above = figure.add_subplot(2, len(parts), n + 1)
            above.hist(part.values, bins=40, color=COLORS[0])
            set_title(above, part.name, fontsize=9)
            above.set_yticks([])
            below = figure.add_subplot(2, len(parts), len(parts) + n + 1, sharex=above)
            _draw_classes(below, part.values, labels, classes)
            set_ticks(below.yaxis, range(len(classes)), [str(c) if n == 0 else "" for c in classes])
            for axes in (above, below):
                _style(axes)
        figure.subplots_adjust(wspace=0.18, hspace=0.22)
        return svg(figure, prefix)


def alignment_svg(pairs: Mapping[str, tuple[np.ndarray, np.ndarray]], prefix: str) -> str:
    """Return an SVG that shows, for each part of the pose, the undone against the drawn value.

    A transformer that undoes the distortion puts the points on the diagonal line. At most 600
    images are shown.

    Args:
        pairs: Name of the part with its unit -> drawn (N,) and undone (N,) values.
        prefix: Start of the ids, see `stnctl.figures.canvas.svg`.
    """
    with page_figure(1.25 * _PANEL * len(pairs), 1.35 * _HEIGHT) as figure:
        for n, (name, (drawn, undone)) in enumerate(pairs.items()):
            axes = figure.add_subplot(1, len(pairs), n + 1)
            low, high = float(drawn.min()), float(drawn.max())
            axes.plot([low, high], [low, high], color=COLORS[1], linewidth=1)
            axes.plot(drawn[:_POINTS], undone[:_POINTS], color=COLORS[0], **_DOTS)
            set_title(axes, name, fontsize=9)
            set_axis_names(axes, x="drawn", y="undone" if n == 0 else "")
            _style(axes)
        figure.subplots_adjust(wspace=0.25)
        return svg(figure, prefix)


def _draw_classes(
    axes: "Axes", values: np.ndarray, labels: np.ndarray, classes: np.ndarray
) -> None:
    spread = np.linspace(-0.3, 0.3, _PER_CLASS)
    for row, each in enumerate(classes):
        own = values[labels == each]
        shown = own[:_PER_CLASS]
        axes.plot(shown, row + spread[: len(shown)], color=COLORS[0], **_DOTS)
        axes.plot([np.median(own)] * 2, [row - 0.4, row + 0.4], color=COLORS[1], linewidth=1.6)
    axes.set_ylim(len(classes) - 0.4, -0.6)


def _style(axes: "Axes") -> None:
    axes.tick_params(labelsize=8.5)
    axes.grid(linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
