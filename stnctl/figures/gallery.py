"""Galleries: rows of cells, each with square axes and a caption. Lengths are in inches."""

import math
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from stnctl.figures.canvas import INK, new_figure, png
from stnctl.figures.text import drawable, set_title, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 1.7
INNER_GAP, OUTER_GAP = 0.1, 0.3
HEADING, CAPTION_LINE, NOTE_LINE, MARGIN = 0.22, 0.16, 0.135, 0.08
NOTE_CHARACTERS = 18
"""Number of characters of a note in an inch."""

GRAY = "#555555"
RIGHT, WRONG = "#1b7f3b", "#b3261e"

Draw = Callable[[Sequence["Axes"], int], None]


def gallery_png(
    draw: Draw,
    *,
    headings: Sequence[str],
    captions: Sequence[str],
    right: Sequence[bool | None],
    title: str,
    notes: Sequence[str] = (),
) -> bytes:
    """Return a PNG with a cell for each caption.

    Args:
        draw: Called with the axes of a cell, one per heading, and the index of the cell.
        headings: Text above each of the axes, the same in every cell.
        captions: Text below each cell.
        right: Whether the prediction of each cell is right; sets the color of the caption. None if
            it is unknown.
        title: One or more lines at the top.
        notes: Small text below each caption, wrapped to the width of its cell; () for none.
    """
    columns = math.ceil(math.sqrt(len(captions)))
    rows = math.ceil(len(captions) / columns)
    cell_width = len(headings) * (SIDE + INNER_GAP) - INNER_GAP
    title = drawable(title)
    wrapped = [textwrap.fill(note, round(cell_width * NOTE_CHARACTERS)) for note in notes]
    caption_height = CAPTION_LINE * _most_lines(captions)
    row_height = HEADING + SIDE + caption_height + NOTE_LINE * _most_lines(wrapped) + MARGIN
    title_height = 0.25 * len(title.splitlines()) + 0.15
    width = columns * (cell_width + OUTER_GAP) - OUTER_GAP
    height = title_height + rows * row_height
    with new_figure(width, height) as figure:
        write(figure, 0.5, 1 - 0.1 / height, title, ha="center", va="top", fontsize=10)
        for n, caption in enumerate(captions):
            row, column = divmod(n, columns)
            left = column * (cell_width + OUTER_GAP)
            top = title_height + row * row_height + HEADING
            axes = [
                _axes(figure, left + index * (SIDE + INNER_GAP), top, heading)
                for index, heading in enumerate(headings)
            ]
            draw(axes, n)
            middle, below = (left + cell_width / 2) / width, top + SIDE + 0.06
            color = INK if right[n] is None else RIGHT if right[n] else WRONG
            style: dict[str, Any] = {"ha": "center", "va": "top"}
            write(figure, middle, 1 - below / height, caption, **style, fontsize=9, color=color)
            if wrapped:
                lower = 1 - (below + caption_height) / height
                write(figure, middle, lower, wrapped[n], **style, fontsize=7.5, color=GRAY)
        return png(figure)


def _most_lines(texts: Sequence[str]) -> int:
    return max((text.count("\n") + 1 for text in texts), default=0)


def _axes(figure: "Figure", left: float, top: float, heading: str) -> "Axes":
    """Add empty axes, SIDE wide and high, with the top left corner at (left, top) inches."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes(
        (left / width, 1 - (top + SIDE) / height, SIDE / width, SIDE / height), facecolor="#3a3a3a"
    )
    axes.set_xticks([])
    axes.set_yticks([])
    set_title(axes, heading, fontsize=9, pad=3)
    return axes
