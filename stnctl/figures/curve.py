"""Figure of error curves over the values of one quantity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stnctl.figures.canvas import GRID, new_figure, page_figure, png, svg
from stnctl.figures.text import add_legend, set_axis_names, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Palette that color-blind readers can distinguish (Okabe and Ito, 2008)."""

MARKERS = "os^Dv<>pP"
"""Markers of curves, in matplotlib's notation."""

_STYLES = ("-", "--", ":", "-.")
_DASH = 4
_STEPS = {"degrees": (1, 1.5, 3, 4.5, 9, 10)}
"""Unit -> possible steps between ticks, up to a factor of a power of ten."""


@dataclass(frozen=True)
class Curve:
    """An error curve.

    Attributes:
        label: Name of the curve in the legend.
        error_percent: (n,), the error in % at each value.
        trained: Range of the values in training, (lowest, highest); None draws no lines.
    """

    label: str
    error_percent: Sequence[float]
    trained: tuple[float, float] | None = None

    def ends(self, low: float, high: float) -> list[float]:
        """Return the ends of `trained` between ``low`` and ``high``, in increasing order."""
        return [end for end in sorted(set(self.trained or ())) if low <= end <= high]


def color_and_style(number: int) -> tuple[str, str]:
    """Return the color and the style of a line, in matplotlib's notation.

    Args:
        number: Number of the line, from 0. The first 28 lines look different.
    """
    return COLORS[number % len(COLORS)], _STYLES[number // len(COLORS) % len(_STYLES)]


def curves_png(
    values: Sequence[float], curves: Sequence[Curve], *, name: str, unit: str, title: str
) -> bytes:
    """Return a PNG of error curves, in %, over the values of one quantity.

    The error axis starts at 0. Dashed lines mark the ends of the range of values in training.

    Args:
        values: (n,), increasing values of the quantity.
        curves: Curves with n errors each.
        name: Name of the quantity.
        unit: Unit of the quantity.
        title: Title of the figure.
    """
    with new_figure(7.0, 4.4) as figure:
        set_title(_draw(figure, values, curves, name, unit), title, fontsize=11)
        return png(figure)


def curves_svg(
    values: Sequence[float], curves: Sequence[Curve], *, name: str, unit: str, prefix: str
) -> str:
    """Return an SVG of error curves; arguments as in `curves_png` and `stnctl.figures.canvas.svg`.

    ``values`` has the shape (n,).
    """
    with page_figure(7.0, 4.0) as figure:
        _draw(figure, values, curves, name, unit)
        return svg(figure, prefix)


def _draw(
    figure: "Figure", values: Sequence[float], curves: Sequence[Curve], name: str, unit: str
) -> "Axes":
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.77))
    lines, ends = [], []
    for number, curve in enumerate(curves):
        lines.append(_draw_curve(ax, values, curve, number))
        ends += [_draw_end(ax, end, number) for end in curve.ends(values[0], values[-1])]
    _set_axes(ax, unit, max(error for curve in curves for error in curve.error_percent))
    set_axis_names(ax, x=f"{name.replace('_', ' ')} ({unit})", y="error (%)")
    labels = [curve.label for curve in curves] + ["range in training"][: len(ends)]
    add_legend(ax, lines + ends[:1], labels, fontsize=9)
    return ax


def _draw_curve(ax: "Axes", values: Sequence[float], curve: Curve, number: int) -> "Line2D":
    [line] = ax.plot(
        values,
        curve.error_percent,
        color=COLORS[number % len(COLORS)],
        linewidth=1.5,
        marker=MARKERS[number % len(MARKERS)],
        markersize=4,
        clip_on=False,
        zorder=3,
    )
    return line


def _draw_end(ax: "Axes", value: float, number: int) -> "Line2D":
    """Draw a dashed vertical line. Its dashes fill the gaps of the line of the previous curve."""
    dashes = (_DASH * number, (_DASH, _DASH))
    return ax.axvline(value, color=COLORS[number % len(COLORS)], linewidth=1.0, linestyle=dashes)


def _set_axes(ax: "Axes", unit: str, highest: float) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_ylim(0, max(1.05 * highest, 1))
    ax.xaxis.set_major_locator(MaxNLocator(9, steps=_STEPS.get(unit)))
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
