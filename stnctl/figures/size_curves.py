"""Figure of the error over the number of training images, with one line for each model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stnctl.figures.canvas import new_figure, page_figure, png, svg
from stnctl.figures.curve import COLORS, MARKERS
from stnctl.figures.error_axis import set_error_axis
from stnctl.figures.text import add_legend, set_axis_names, set_ticks, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

_SHIFT = 0.012
"""Relative shift of each further line to the right, so that the intervals stay apart."""

_MAX_TICKS = 12


@dataclass(frozen=True, eq=False)
class SizeCurve:
    """Error of a model for several numbers of training images.

    Attributes:
        label: Name in the legend.
        sizes: (n,), increasing numbers of training images.
        error: (n,), mean error in %.
        low: (n,), lower end of the interval in %; NaN without one.
        high: (n,), upper end.
    """

    label: str
    sizes: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray


def size_curves_png(curves: Sequence[SizeCurve], *, name: str, title: str) -> bytes:
    """Return a PNG of errors over the number of training images, on a logarithmic axis.

    Args:
        curves: One or more models.
        name: Name of the vertical axis.
        title: Title of the figure.
    """
    with new_figure(7.0, 4.6) as figure:
        set_title(_draw(figure, curves, name), title, fontsize=11)
        return png(figure)


def size_curves_svg(curves: Sequence[SizeCurve], *, name: str, prefix: str) -> str:
    """Return an SVG; see `size_curves_png` and `stnctl.figures.canvas.svg`."""
    with page_figure(7.0, 4.0) as figure:
        _draw(figure, curves, name)
        return svg(figure, prefix)


def _draw(figure: "Figure", curves: Sequence[SizeCurve], name: str) -> "Axes":
    ax = figure.add_axes((0.11, 0.13, 0.86, 0.77))
    lines = [_draw_curve(ax, curve, number) for number, curve in enumerate(curves)]
    _set_axes(ax, curves)
    set_axis_names(ax, x="number of training images", y=name)
    add_legend(ax, lines, [curve.label for curve in curves], fontsize=9)
    return ax


def _draw_curve(ax: "Axes", curve: SizeCurve, number: int) -> "Line2D":
    reach = np.array([curve.error - curve.low, curve.high - curve.error])
    drawn = ax.errorbar(
        curve.sizes * (1 + _SHIFT * number),
        curve.error,
        yerr=reach,
        color=COLORS[number % len(COLORS)],
        marker=MARKERS[number % len(MARKERS)],
        markersize=4.5,
        linewidth=1.5,
        elinewidth=1.0,
        capsize=3,
    )
    return drawn.lines[0]


def _set_axes(ax: "Axes", curves: Sequence[SizeCurve]) -> None:
    from matplotlib.ticker import NullLocator

    sizes = np.unique(np.concatenate([curve.sizes for curve in curves])).tolist()
    ax.set_xscale("log")
    shown = sizes[:: 1 + (len(sizes) - 1) // _MAX_TICKS]
    set_ticks(ax.xaxis, shown, [f"{size:,.0f}" for size in shown])
    ax.xaxis.set_minor_locator(NullLocator())
    errors = np.concatenate([curve.error for curve in curves])
    ends = np.concatenate([errors, *(curve.high for curve in curves)])
    set_error_axis(ax, errors, float(np.nanmax(ends)))
