"""Heat map of a quantity over the values of two keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import new_figure, page_figure, png, svg
from stnctl.figures.text import set_axis_names, set_names, set_title, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

MAX_WRITTEN = 400
"""Maximum number of cells in which the numbers are written."""

_MISSING, _BEST = "#e4e4e4", "#d55e00"
_MAP = "viridis"
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_CELL = (0.62, 0.4)
"""Width and height of a cell, in inches."""

_LEFT, _RIGHT, _BOTTOM, _TOP = 1.5, 1.0, 1.1, 0.5
"""Margins around the cells, in inches."""

_MAX_SIDE = 22.0
_MAX_NAMES = 60
_LETTERS = 6.5
"""Number of letters in the width of a cell."""


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Values of a quantity for all pairs of two keys.

    Attributes:
        values: (R, C), NaN for a missing value.
        rows: Names of the R rows.
        columns: Names of the C columns.
        row_name: Name of the key of the rows.
        column_name: Name of the key of the columns.
        name: Name of the quantity.
    """

    values: np.ndarray
    rows: Sequence[str]
    columns: Sequence[str]
    row_name: str
    column_name: str
    name: str


def heat_map_png(heat: HeatMap, *, title: str) -> bytes:
    """Return a PNG of a heat map with the numbers in its cells; the largest one has a frame.

    Missing values are gray.

    Args:
        heat: The values.
        title: Title of the figure.
    """
    width, height = _size(heat)
    with new_figure(width, height) as figure:
        ax = _draw(figure, heat)
        set_title(ax, title, fontsize=11)
        return png(figure)


def heat_map_svg(heat: HeatMap, *, prefix: str) -> str:
    """Return an SVG; see `heat_map_png` and `stnctl.figures.canvas.svg`."""
    with page_figure(*_size(heat)) as figure:
        _draw(figure, heat)
        return svg(figure, prefix)


def _size(heat: HeatMap) -> tuple[float, float]:
    """Return the width and the height of the figure, in inches."""
    num_rows, num_columns = heat.values.shape
    width = max(_CELL[0] * num_columns, 2.0) + _LEFT + _RIGHT
    height = max(_CELL[1] * num_rows, 1.6) + _BOTTOM + _TOP
    return min(width, _MAX_SIDE), min(height, _MAX_SIDE)


def _draw(figure: "Figure", heat: HeatMap) -> "Axes":
    import matplotlib as mpl

    width, height = figure.get_size_inches()
    bottom, share = _BOTTOM / height, 1 - (_BOTTOM + _TOP) / height
    ax = figure.add_axes((_LEFT / width, bottom, 1 - (_LEFT + _RIGHT) / width, share))
    image = ax.imshow(
        np.ma.masked_invalid(heat.values),
        cmap=mpl.colormaps[_MAP].with_extremes(bad=_MISSING),
        aspect="auto",
    )
    if heat.values.size <= MAX_WRITTEN:
        _write_numbers(ax, heat.values, image)
    _set_names(ax, heat)
    side = figure.add_axes((1 - (_RIGHT - 0.15) / width, bottom, 0.14 / width, share))
    if np.isfinite(heat.values).any():
        figure.colorbar(image, cax=side).outline.set_visible(False)
    else:
        side.set_axis_off()
    set_axis_names(side, x="", y=heat.name)
    return ax


def _write_numbers(ax: "Axes", values: np.ndarray, image: "AxesImage") -> None:
    """Write the values in their cells, in a color that is legible on that of the cell."""
    from matplotlib.patches import Rectangle

    for row, column in np.argwhere(np.isfinite(values)):
        value = values[row, column]
        color = "black" if np.dot(image.to_rgba(value)[:3], _LUMINANCE) > 0.45 else "white"
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8, "color": color}
        write(ax, column, row, f"{value:.2f}", **style)
    if np.isfinite(values).any():
        row, column = np.unravel_index(np.nanargmax(values), values.shape)
        corner = (float(column) - 0.5, float(row) - 0.5)
        ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=_BEST, linewidth=2.0))


def _set_names(ax: "Axes", heat: HeatMap) -> None:
    set_axis_names(ax, x=heat.column_name, y=heat.row_name)
    upright = round(_LETTERS * len(heat.columns))
    set_names(ax.xaxis, heat.columns, max_names=_MAX_NAMES, max_upright=upright, size=8)
    set_names(ax.yaxis, heat.rows, max_names=_MAX_NAMES, max_upright=2**31, size=8)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
