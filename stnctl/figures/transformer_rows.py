"""Rows of examples: each row has U, and for each transformer its U with an outline, and its V."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.example_grids import Limits, outline_margin, show_map, show_pair
from stnctl.figures.gallery import RIGHT, WRONG
from stnctl.figures.text import drawable, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 1.15
"""Side of each panel. All lengths are in inches."""

INNER_GAP, PAIR_GAP, ROW_GAP = 0.06, 0.28, 0.14
LABEL, TEXT_LINE, TITLE_LINE = 1.25, 0.17, 0.18

MAX_PAIRS = 6
"""Maximum number of transformers side by side; others are in further lines of the row."""

MAX_PANELS = 600
"""Maximum number of panels of a figure, see `max_rows`."""


@dataclass(frozen=True)
class PairColumn:
    """Maps of one transformer.

    Attributes:
        heading: One or more lines above the maps.
        U: (n, H, W, C), the maps that show the outlines.
        V: (n, H', W', C).
        outlines: (n, P, 2), pixel (x, y) on U of the border points of V.
        limits: For each example, the two values drawn in black and in white.
    """

    heading: str
    U: np.ndarray
    V: np.ndarray
    outlines: np.ndarray
    limits: Sequence[Limits]


def max_rows(num_transformers: int) -> int:
    """Return the largest number of rows, at least 1, of a figure with at most `MAX_PANELS`."""
    return max(1, MAX_PANELS // (1 + 2 * num_transformers))


def transformer_rows_png(
    U: np.ndarray,
    limits: Limits,
    columns: Sequence[PairColumn],
    captions: Sequence[str],
    right: Sequence[bool],
    *,
    title: str,
) -> bytes:
    """Return a PNG with a row for each example.

    Args:
        U: (n, H, W, C), the input images, drawn in the colors of `to_gray_or_rgb`.
        limits: The two values drawn in black and in white on U.
        columns: The maps of each transformer, at least one. If their U have the same size, the
            margins around U are the same.
        captions: n captions, to the left of the rows.
        right: (n,), whether each prediction is right; sets the color of the caption.
        title: One or more lines at the top.
    """
    margins: dict[tuple[int, ...], float] = {}
    for column in columns:
        size = column.U.shape[1:3]
        margins[size] = max(margins.get(size, 0), outline_margin(column.outlines, size))
    title = drawable(title)
    layout = _Layout(title, [column.heading for column in columns], len(captions))
    with new_figure(layout.width, layout.height) as figure:
        sheet = _Sheet(figure, layout)
        sheet.write(0, 0, title, va="top", fontsize=10)
        for n, caption in enumerate(captions):
            color = RIGHT if right[n] else WRONG
            top = layout.top(n)
            sheet.write(0, top + SIDE / 2, caption, va="center", color=color)
            show_map(sheet.add_axes(LABEL, top), U[n], limits)
            sheet.head(n, LABEL + SIDE / 2, top, "U")
            for index, column in enumerate(columns):
                left, top = layout.corner(n, index)
                axes = sheet.add_axes(left, top), sheet.add_axes(left + SIDE + INNER_GAP, top)
                outline, margin = column.outlines[n], margins[column.U.shape[1:3]]
                show_pair(*axes, column.U[n], column.V[n], outline, column.limits[n], margin)
                sheet.head(n, left + SIDE + INNER_GAP / 2, top, column.heading)
        return png(figure)


class _Layout:
    """Places of the rows, their lines and the pairs in a line; y from the top of the figure."""

    def __init__(self, title: str, headings: Sequence[str], num_rows: int) -> None:
        self.num_lines = math.ceil(len(headings) / MAX_PAIRS)
        self.num_pairs = math.ceil(len(headings) / self.num_lines)
        self.heading = TEXT_LINE * max(heading.count("\n") + 1 for heading in headings) + 0.05
        self.title = TITLE_LINE * (title.count("\n") + 1) + 0.1
        self.width = self.corner(0, self.num_pairs - 1)[0] + 2 * SIDE + INNER_GAP
        self.height = self.top(num_rows - 1, self.num_lines - 1) + SIDE

    def has_headings(self, n: int) -> bool:
        """Return whether a row has headings: the first one, or each if rows have several lines."""
        return n == 0 or self.num_lines > 1

    def top(self, n: int, line: int = 0) -> float:
        """Return the upper edge of the panels in a line of row n."""
        above = n * self.num_lines + line
        num_headings = 1 + (above if self.num_lines > 1 else 0)
        return self.title + num_headings * self.heading + above * (SIDE + ROW_GAP)

    def corner(self, n: int, index: int) -> tuple[float, float]:
        """Return the left and upper edges of the pair of a transformer in row n."""
        line, place = divmod(index, self.num_pairs)
        left = LABEL + SIDE + PAIR_GAP + place * (2 * SIDE + INNER_GAP + PAIR_GAP)
        return left, self.top(n, line)


class _Sheet:
    """Figure with lengths in inches from its top left corner."""

    def __init__(self, figure: "Figure", layout: _Layout) -> None:
        self.figure, self.layout = figure, layout

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        style = {"fontsize": 9, **style}
        write(self.figure, x / self.layout.width, 1 - y / self.layout.height, text, **style)

    def head(self, n: int, x: float, top: float, text: str) -> None:
        """Write a heading above panels of row n, if the row has headings."""
        if self.layout.has_headings(n):
            self.write(x, top - 0.05, text, ha="center", va="bottom")

    def add_axes(self, left: float, top: float) -> "Axes":
        """Add empty axes, `SIDE` wide and high."""
        width, height = self.layout.width, self.layout.height
        axes = self.figure.add_axes(
            (left / width, 1 - (top + SIDE) / height, SIDE / width, SIDE / height),
            facecolor="#3a3a3a",
        )
        axes.set_xticks([])
        axes.set_yticks([])
        return axes
