"""Sheets of small pictures in labeled rows, all in one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from stnctl.figures.canvas import DOTS_PER_INCH, new_figure, png, write
from stnctl.figures.raster import fitted, in_color, to_picture

SIDE = 128
"""Dots that the longest side of the largest picture has at most."""

GAP, LINE, LABEL, TEXT = 8, 24, 56, 110
"""Dots between pictures, for a line of text, for the labels of rows, and for other texts."""


@dataclass(frozen=True)
class SheetRow:
    """Pictures side by side.

    Attributes:
        label: What stands to the left of them.
        pictures: (h, w, C) each, of any size, floats in [0, 1]; None leaves a place empty.
        above: What stands above each of them, or nothing.
        below: What stands below each of them, or nothing.
    """

    label: str
    pictures: Sequence[np.ndarray | None]
    above: Sequence[str] = ()
    below: Sequence[str] = ()


def contact_sheet_png(rows: Sequence[SheetRow], *, title: str) -> bytes:
    """Return a PNG of rows of pictures, black at 0 and white at 1.

    A pixel is as large in all pictures, and each is in the middle of its place. Channels are
    colored as by `in_color`.

    Args:
        rows: From top to bottom; one picture at least is there.
        title: One or more lines above all.
    """
    sizes = [_size(row) for row in rows]
    share = SIDE / np.max(sizes)
    scale = int(share) if share >= 1 else share
    places = [tuple(_dots(scale, size)) for size in sizes]
    width = max(TEXT, *(width for _, width in places))
    lines = [LINE * (bool(row.above) + bool(row.below)) for row in rows]
    heights = [height + GAP + text for (height, _), text in zip(places, lines, strict=True)]
    tops = list(accumulate(heights, initial=LINE * len(title.splitlines()) + GAP))
    columns = max(len(row.pictures) for row in rows)
    sheet = _Sheet(LABEL + columns * (width + GAP), tops[-1])
    sheet.write(0, 0, title, ha="left", va="top", fontsize=10)
    for row, top, (height, _) in zip(rows, tops[:-1], places, strict=True):
        sheet.add(row, top, scale, (height, width))
    return png(sheet.figure)


def _size(row: SheetRow) -> tuple[int, int]:
    """Return (h, w) that holds each of a row's pictures, at least (1, 1)."""
    sizes = [picture.shape[:2] for picture in row.pictures if picture is not None]
    height, width = np.max([(1, 1), *sizes], axis=0)
    return height, width


def _dots(scale: float, size: tuple[int, int]) -> list[int]:
    """Return (height, width) in dots of a picture of (h, w) pixels."""
    return [max(1, round(scale * side)) for side in size]


class _Sheet:
    """A figure on which everything is measured in dots, from its top left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.figure = new_figure(width / DOTS_PER_INCH, height / DOTS_PER_INCH)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self.axes.set_autoscale_on(False)
        self.axes.set_axis_off()

    def add(self, row: SheetRow, top: int, scale: float, place: tuple[int, int]) -> None:
        """Add a row with its texts."""
        height, width = place
        upper = top + LINE * bool(row.above)
        self.write(LABEL - 2 * GAP, upper + height / 2, row.label, ha="right", va="center")
        for column, picture in enumerate(row.pictures):
            middle = LABEL + column * (width + GAP) + width / 2
            if picture is not None:
                self._show(middle, upper + height / 2, picture, scale)
            for texts, y in ((row.above, top + LINE / 2), (row.below, upper + height + LINE / 2)):
                if texts:
                    self.write(middle, y, texts[column], ha="center", va="center", fontsize=9)

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        write(self.figure, x / self.width, 1 - y / self.height, text, **style)

    def _show(self, x: float, y: float, image: np.ndarray, scale: float) -> None:
        """Draw a map (h, w, C) around (x, y)."""
        height, width = _dots(scale, image.shape[:2])
        picture = np.asarray(fitted(to_picture(in_color(image)), width, height))
        left, top = round(x - width / 2), round(y - height / 2)
        self.axes.imshow(
            picture,
            cmap="gray",
            vmin=0,
            vmax=255,
            extent=(left, left + width, top + height, top),
            aspect="auto",
            interpolation="nearest",
        )
