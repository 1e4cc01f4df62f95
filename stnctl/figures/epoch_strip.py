"""Strip of epochs: a row for each example, with U, the sampled regions, and V after each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.example_grids import Limits, outline_margin, show_map, widen
from stnctl.figures.gallery import RIGHT, WRONG
from stnctl.figures.text import drawable, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGE, SMALL = 1.3, 0.86
"""Side of U, and of V. All lengths are in inches."""

LABEL, GAP, ROW_GAP, HEADING, LINE = 0.95, 0.1, 0.12, 0.22, 0.2

_FIRST, _LAST = 0.25, 0.95
"""Ends of the part of the color map that the epochs have."""


@dataclass(frozen=True)
class EpochRow:
    """Example through the epochs.

    Attributes:
        label: Text to the left.
        U: (H, W, C).
        maps: V after each epoch, (H', W', C) each.
        outlines: (E, P, 2), pixel (x, y) on U of the border points of each V.
        captions: Text below each V.
        right: (E,), whether each prediction is right; sets the color of the caption.
    """

    label: str
    U: np.ndarray
    maps: Sequence[np.ndarray]
    outlines: np.ndarray
    captions: Sequence[str]
    right: Sequence[bool]


def epoch_strip_png(
    rows: Sequence[EpochRow], headings: Sequence[str], limits: Limits, *, title: str
) -> bytes:
    """Return a PNG with a row for each example.

    Args:
        rows: The examples, at least one, all with U of one size.
        headings: Text above the V of each epoch.
        limits: The two values drawn in black and in white.
        title: One or more lines at the top.
    """
    title = drawable(title)
    above = LINE * len(title.splitlines()) + HEADING + 0.1
    width = LABEL + LARGE + len(headings) * (SMALL + GAP) + 0.1
    height = above + len(rows) * (LARGE + ROW_GAP)
    margin = max(outline_margin(row.outlines, row.U.shape[:2]) for row in rows)
    with new_figure(width, height) as figure:
        colors = _epoch_colors(len(headings))

        def text(x: float, y: float, words: str, **style: Any) -> None:
            write(figure, x / width, 1 - y / height, words, **style)

        def axes(left: float, top: float, side: float) -> "Axes":
            place = (left / width, 1 - (top + side) / height, side / width, side / height)
            made = figure.add_axes(place, facecolor="#3a3a3a")
            made.set_xticks([])
            made.set_yticks([])
            return made

        text(0, 0, title, va="top", fontsize=10)
        text(LABEL + LARGE / 2, above - 0.05, "U", ha="center", va="bottom", fontsize=9)
        for number, heading in enumerate(headings):
            middle = _left(number) + SMALL / 2
            text(middle, above - 0.05, heading, ha="center", va="bottom", fontsize=9)
        for number, row in enumerate(rows):
            top = above + number * (LARGE + ROW_GAP)
            text(0, top + LARGE / 2, row.label, va="center", fontsize=9)
            _draw_regions(axes(LABEL, top, LARGE), row, limits, colors, margin)
            upper = top + (LARGE - SMALL - LINE) / 2
            for place, V in enumerate(row.maps):
                panel = axes(_left(place), upper, SMALL)
                show_map(panel, V, limits)
                _frame(panel, colors[place])
                color = RIGHT if row.right[place] else WRONG
                x, y = _left(place) + SMALL / 2, upper + SMALL + 0.04
                text(x, y, row.captions[place], ha="center", va="top", fontsize=9, color=color)
        return png(figure)


def _epoch_colors(count: int) -> list[Any]:
    """Return a color for each epoch, dark for the first one and light for the last one."""
    from matplotlib import colormaps

    shares = np.linspace(_FIRST, _LAST, count) if count > 1 else [_LAST]
    return [colormaps["plasma"](share) for share in shares]


def _left(place: int) -> float:
    """Return the left edge of the V of an epoch."""
    return LABEL + LARGE + GAP + place * (SMALL + GAP)


def _draw_regions(
    axes: "Axes", row: EpochRow, limits: Limits, colors: Sequence[Any], margin: float
) -> None:
    """Draw U with the sampled region of each epoch, the last one on top."""
    show_map(axes, row.U, limits)
    for place, (outline, color) in enumerate(zip(row.outlines, colors, strict=True)):
        is_last = place == len(colors) - 1
        axes.plot(*outline.T, color=color, linewidth=1.8 if is_last else 0.9)
    widen(axes, row.U.shape[:2], margin)


def _frame(axes: "Axes", color: Any) -> None:
    for spine in axes.spines.values():
        spine.set_color(color)
        spine.set_linewidth(1.6)
