"""Figure of the layers of a network: boxes whose size follows that of their results."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.text import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PER_ROW = 9
"""Maximum number of boxes in a row."""

_CELL_INCHES = 1.05
_ROW_INCHES = 1.75
_BOX = 0.62
"""Height of the box of the largest map, in cells."""

_COLORS = ("#9ecae1", "#fdae6b", "#a1d99b", "#bcbddc", "#fdd0a2", "#c7e9c0")


@dataclass(frozen=True)
class LayerBox:
    """Layer in the figure.

    Attributes:
        label: Kind of the layer.
        shape: Shape of its result for one image: (H, W, C) of a map, or (n,).
        part: The part of the network; each part has rows of its own.
    """

    label: str
    shape: tuple[int, ...]
    part: str

    def follows(self, other: "LayerBox") -> bool:
        """Return whether the layer keeps the shape of another one in the same part."""
        return self.shape == other.shape and self.part == other.part


def layer_boxes_png(title: str, boxes: Sequence[LayerBox]) -> bytes:
    """Return a PNG of the layers in their order, from left to right in rows.

    The height of a box follows the side of the map, its width the number of channels; a vector is a
    narrow box. A new part of the network begins a new row, in another color.

    Args:
        title: Title of the figure.
        boxes: The layers, at least one.
    """
    rows = _rows(boxes)
    parts = list(dict.fromkeys(box.part for box in boxes))
    largest = max(max(box.shape[:2]) for box in boxes if len(box.shape) == 3)
    width, height = PER_ROW * _CELL_INCHES, len(rows) * _ROW_INCHES + 0.4
    with new_figure(width, height) as figure:
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_xlim(-0.6, PER_ROW - 0.4)
        ax.set_ylim(-len(rows) + 0.45, 0.85)
        ax.axis("off")
        write(ax, -0.5, 0.75, title, fontsize=11, fontweight="bold", va="top")
        for index, row in enumerate(rows):
            color = _COLORS[parts.index(row[0].part) % len(_COLORS)]
            if index == 0 or rows[index - 1][0].part != row[0].part:
                write(ax, -0.5, 0.44 - index, row[0].part, fontsize=9, color="#444444", va="top")
            for column, box in enumerate(row):
                _draw_box(ax, column, -index, box, largest, color)
                if column:
                    _draw_arrow(ax, column, -index)
        return png(figure)


def _rows(boxes: Sequence[LayerBox]) -> list[list[LayerBox]]:
    """Return the boxes of each row; all of a row are of one part."""
    rows: list[list[LayerBox]] = []
    for box in boxes:
        if not rows or rows[-1][0].part != box.part or len(rows[-1]) == PER_ROW:
            rows.append([])
        rows[-1].append(box)
    return rows


def _draw_arrow(ax: "Axes", x: float, y: float) -> None:
    """Draw an arrow to the box at (x, y)."""
    from matplotlib.patches import FancyArrowPatch

    start, end = (x - 0.62, y), (x - 0.40, y)
    arrow = FancyArrowPatch(start, end, arrowstyle="->", mutation_scale=9, color="#888888")
    ax.add_patch(arrow)


def _draw_box(ax: "Axes", x: float, y: float, box: LayerBox, largest: int, color: str) -> None:
    from matplotlib.patches import Rectangle

    if len(box.shape) == 3:
        height = _BOX * math.sqrt(max(box.shape[:2]) / largest)
        width = min(0.1 + 0.05 * math.log2(1 + box.shape[2]), 0.6)
    else:
        height, width = _BOX * 0.45, 0.08
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(Rectangle(corner, width, height, facecolor=color, edgecolor="#555555", lw=0.8))
    shape = "×".join(map(str, box.shape))
    write(ax, x, y - _BOX / 2 - 0.04, f"{box.label}\n{shape}", fontsize=6.5, ha="center", va="top")
