"""Contact sheets: small images in labeled rows, all at one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import DOTS_PER_INCH, new_figure, png
from stnctl.figures.raster import resize_to_fit, to_gray_or_rgb, to_pillow
from stnctl.figures.text import drawable, write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 128
"""Longest side of the largest image, in dots."""

GAP, LINE, LABEL, TEXT = 8, 24, 56, 110
"""Gap between images, height of a text line, least widths of labels and of a column, in dots."""

CHARACTER = 12
"""Width of a further character of a label, in dots."""

_FITTING = 6  # characters in the least width of labels


@dataclass(frozen=True)
class SheetRow:
    """Images side by side.

    Attributes:
        label: Text to the left of the row.
        images: (h, w, C) each, of any size, floats in [0, 1]; None leaves a place empty.
        above: Text above each image; empty if there is none.
        below: Text below each image; empty if there is none.
    """

    label: str
    images: Sequence[np.ndarray | None]
    above: Sequence[str] = ()
    below: Sequence[str] = ()


def contact_sheet_png(rows: Sequence[SheetRow], *, title: str) -> bytes:
    """Return a PNG with rows of images. Value 0 is black, and value 1 is white.

    A pixel has the same size in all images. Each image is centered in its cell. `to_gray_or_rgb`
    gives the color of each channel.

    Args:
        rows: Rows from top to bottom, with at least one image in total.
        title: One or more lines at the top.
    """
    sizes = [_size(row) for row in rows]
    share = SIDE / np.max(sizes)
    scale = int(share) if share >= 1 else share
    places = [tuple(_dots(scale, size)) for size in sizes]
    width = max(TEXT, *(width for _, width in places))
    title = drawable(title)
    lines = [LINE * (bool(row.above) + bool(row.below)) for row in rows]
    heights = [height + GAP + text for (height, _), text in zip(places, lines, strict=True)]
    tops = list(accumulate(heights, initial=LINE * len(title.splitlines()) + GAP))
    columns = max(len(row.images) for row in rows)
    longest = max(len(line) for row in rows for line in row.label.splitlines() or [""])
    margin = LABEL + CHARACTER * max(longest - _FITTING, 0)
    total_width, total_height = margin + columns * (width + GAP), tops[-1]
    with new_figure(total_width / DOTS_PER_INCH, total_height / DOTS_PER_INCH) as figure:
        sheet = _Sheet(figure, total_width, total_height, margin)
        sheet.write(0, 0, title, ha="left", va="top", fontsize=10)
        for row, top, (height, _) in zip(rows, tops[:-1], places, strict=True):
            sheet.add(row, top, scale, (height, width))
        return png(figure)


def _size(row: SheetRow) -> tuple[int, int]:
    """Return the smallest (h, w) that holds each image of a row, at least (1, 1)."""
    sizes = [image.shape[:2] for image in row.images if image is not None]
    height, width = np.max([(1, 1), *sizes], axis=0)
    return height, width


def _dots(scale: float, size: tuple[int, int]) -> list[int]:
    """Return the (height, width), in dots, of an image of (h, w) pixels."""
    return [max(1, round(scale * side)) for side in size]


class _Sheet:
    """A figure with coordinates in dots; the origin is the top left corner."""

    def __init__(self, figure: "Figure", width: int, height: int, margin: int) -> None:
        self.figure, self.width, self.height, self.margin = figure, width, height, margin
        self.axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self.axes.set_autoscale_on(False)
        self.axes.set_axis_off()

    def add(self, row: SheetRow, top: int, scale: float, place: tuple[int, int]) -> None:
        """Add a row of images with its texts."""
        height, width = place
        upper = top + LINE * bool(row.above)
        self.write(self.margin - 2 * GAP, upper + height / 2, row.label, ha="right", va="center")
        for column, image in enumerate(row.images):
            middle = self.margin + column * (width + GAP) + width / 2
            if image is not None:
                self._show(middle, upper + height / 2, image, scale)
            for texts, y in ((row.above, top + LINE / 2), (row.below, upper + height + LINE / 2)):
                if texts:
                    self.write(middle, y, texts[column], ha="center", va="center", fontsize=9)

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        write(self.figure, x / self.width, 1 - y / self.height, text, **style)

    def _show(self, x: float, y: float, image: np.ndarray, scale: float) -> None:
        """Draw an image (h, w, C) centered at (x, y)."""
        height, width = _dots(scale, image.shape[:2])
        raster = resize_to_fit(to_pillow(to_gray_or_rgb(image)), width, height)
        left, top = round(x - width / 2), round(y - height / 2)
        self.axes.imshow(
            np.asarray(raster),
            cmap="gray",
            vmin=0,
            vmax=255,
            extent=(left, left + width, top + height, top),
            aspect="auto",
            interpolation="nearest",
        )
