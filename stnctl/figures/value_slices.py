"""Slice plot of a search: a quantity over the values of each key, in one panel for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stnctl.figures.canvas import GRID, new_figure, page_figure, png, svg
from stnctl.figures.curve import COLORS
from stnctl.figures.text import add_legend, set_axis_names, set_names, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

MAX_SLICES = 12
"""Maximum number of panels."""

LOG_RATIO = 10
"""Smallest ratio of the largest to the smallest value of a logarithmic axis."""

_COLUMNS = 3
_PANEL = (3.6, 2.9)
"""Width and height of a panel with its texts, in inches."""

_TITLE_HEIGHT = 0.3
_MAX_NAMES, _MAX_UPRIGHT, _MAX_TICKS = 12, 30, 6


@dataclass(frozen=True, eq=False)
class ValueSlice:
    """Results over the values of a key.

    Attributes:
        name: Name of the key.
        values: (n,), numbers, or places in ``names``; NaN for a trial without the key.
        names: Names of values that are no numbers; None if the values are numbers.
    """

    name: str
    values: np.ndarray
    names: Sequence[str] | None = None

    @property
    def is_logarithmic(self) -> bool:
        """Whether the values are spread more evenly on a logarithmic axis than on a linear one."""
        known = self.values[np.isfinite(self.values)]
        if self.names is not None or not len(known) or known.min() <= 0:
            return False
        if known.max() < LOG_RATIO * known.min():
            return False
        return _imbalance(np.log(known)) < _imbalance(known)


def value_slices_png(
    slices: Sequence[ValueSlice], results: np.ndarray, *, name: str, title: str
) -> bytes:
    """Return a PNG with a panel for each key; the largest result is marked.

    Later trials are darker, so that the course of a search is visible.

    Args:
        slices: The keys, with n values each; at most `MAX_SLICES`.
        results: (n,), the results of the trials in their order; NaN for a missing one.
        name: Name of the results.
        title: Title of the figure.
    """
    width, height = _size(slices)
    with new_figure(width, height + _TITLE_HEIGHT) as figure:
        top = 1 - 0.12 / (height + _TITLE_HEIGHT)
        write(figure, 0.02, top, title, max_lines=2, va="top", fontsize=12)
        _draw(figure, slices, results, name)
        return png(figure)


def value_slices_svg(
    slices: Sequence[ValueSlice], results: np.ndarray, *, name: str, prefix: str
) -> str:
    """Return an SVG; see `value_slices_png` and `stnctl.figures.canvas.svg`.

    ``results`` has the shape (n,).
    """
    with page_figure(*_size(slices)) as figure:
        _draw(figure, slices, results, name)
        return svg(figure, prefix)


def _size(slices: Sequence[ValueSlice]) -> tuple[float, float]:
    columns = max(min(len(slices), _COLUMNS), 1)
    return columns * _PANEL[0], max(-(-len(slices) // _COLUMNS), 1) * _PANEL[1]


def _draw(figure: "Figure", slices: Sequence[ValueSlice], results: np.ndarray, name: str) -> None:
    width, height = figure.get_size_inches()
    rows = -(-len(slices) // _COLUMNS)
    for number, each in enumerate(slices):
        row, column = divmod(number, _COLUMNS)
        left = (column * _PANEL[0] + 0.75) / width
        bottom = ((rows - row - 1) * _PANEL[1] + 0.85) / height
        size = (_PANEL[0] - 0.95) / width, (_PANEL[1] - 1.1) / height
        ax = figure.add_axes((left, bottom, *size))
        mark = _draw_slice(ax, each, results)
        set_axis_names(ax, x=each.name, y=name if column == 0 else "")
        if mark is not None and number == 0:
            add_legend(ax, [mark], ["best"], fontsize=7, loc="best", handletextpad=0.1)


def _draw_slice(ax: "Axes", each: ValueSlice, results: np.ndarray) -> "PathCollection | None":
    """Draw the points of a key, and return the mark of the best one."""
    known = np.flatnonzero(np.isfinite(each.values) & np.isfinite(results))
    _set_axis(ax, each)
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if not len(known):
        return None
    shades = 0.35 + 0.65 * known / max(len(results) - 1, 1)
    points = ax.scatter(each.values[known], results[known], s=16, color=COLORS[0], linewidths=0)
    points.set_alpha(shades.tolist())
    best = known[np.argmax(results[known])]
    mark = ax.scatter(each.values[best], results[best], s=110, color=COLORS[1], marker="*")
    mark.set_edgecolor("white")
    return mark


def _imbalance(values: np.ndarray) -> float:
    """Return the distance of the median from the middle of the range, divided by the range."""
    low, high = values.min(), values.max()
    return float(abs(np.median(values) - (low + high) / 2) / (high - low))


def _set_axis(ax: "Axes", each: ValueSlice) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    if each.names is not None:
        set_names(ax.xaxis, each.names, max_names=_MAX_NAMES, max_upright=_MAX_UPRIGHT, size=7)
        ax.set_xlim(-0.5, len(each.names) - 0.5)
    elif each.is_logarithmic:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.xaxis.set_major_locator(LogLocator(numticks=_MAX_TICKS))
