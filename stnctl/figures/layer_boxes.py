"""Figure of the layers of a network: boxes whose size follows that of their results."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.layer_layout import Layout, layer_layout
from stnctl.figures.text import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_INCHES = 200
"""Maximum length of a side of the figure."""

MAX_SQUARE_INCHES = 1500
"""Maximum area of the figure, about 34 million pixels."""

COLORS = ("#a6c8e4", "#fdc086", "#a8d8a0", "#c9c3e6", "#f4a6a0", "#d9d9d9", "#ffe08a")
"""Colors of the parts of a network, in their order."""

_ROW, _LANE, _LINE_LANE = 0.44, 2.35, 0.3
_TOP, _MARGIN = 0.75, 0.15
_WIDEST, _HIGHEST = 1.0, 0.27
"""Lengths in inches: distance of rows, width of a lane with layers and of one with only lines,
space above the first row and around, largest box."""

_LINES = "#6b6b6b"


@dataclass(frozen=True)
class LayerBox:
    """Layer in the figure.

    Attributes:
        label: Kind of the layer.
        shape: Shape of its result for one image: (H, W, C) of a map, or (n,).
        part: Part of the network; each part has a color of its own.
        inputs: Indices of the layers before it.
    """

    label: str
    shape: tuple[int, ...]
    part: str
    inputs: tuple[int, ...] = ()


class FigureSizeError(ValueError):
    """The network has too many layers for a figure."""


def layer_boxes_png(title: str, boxes: Sequence[LayerBox]) -> bytes:
    """Return a PNG of the layers from top to bottom, with branches side by side.

    The width of a box follows the longer side of the map, its height the number of channels. A
    vector of n values has the box of a map of 1x1xn.

    Args:
        title: Title of the figure.
        boxes: The layers, at least one, each after its inputs.

    Raises:
        FigureSizeError: If a side or the area of the figure would exceed its maximum.
    """
    layout = layer_layout([box.inputs for box in boxes])
    widths = [_LANE if lane in layout.lanes else _LINE_LANE for lane in range(layout.num_lanes)]
    starts = [0.0, *accumulate(widths)]
    width = max(starts[-1], 3.5) + 2 * _MARGIN
    height = _TOP + (max(layout.rows) + 1) * _ROW + _MARGIN
    if max(width, height) > MAX_INCHES or width * height > MAX_SQUARE_INCHES:
        raise FigureSizeError(
            f"{len(boxes)} boxes in {max(layout.rows) + 1} rows and {layout.num_lanes} columns"
        )
    centers = [
        start + _MARGIN + (_WIDEST if lane in layout.lanes else _LINE_LANE) / 2
        for lane, start in enumerate(starts[:-1])
    ]
    parts = list(dict.fromkeys(box.part for box in boxes))
    largest = max(_side(box) for box in boxes)
    with new_figure(width, height) as figure:
        ax = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        write(ax, _MARGIN, 0.1, title, fontsize=10, fontweight="bold", va="top")
        _draw_legend(ax, parts)
        _draw_lines(ax, boxes, layout, centers)
        for box, row, lane in zip(boxes, layout.rows, layout.lanes, strict=True):
            color = COLORS[parts.index(box.part) % len(COLORS)]
            _draw_box(ax, centers[lane], _height_of(row), box, _side(box) / largest, color)
        return png(figure)


def _side(box: LayerBox) -> int:
    return max(box.shape[:2]) if len(box.shape) == 3 else 1


def _thickness(box: LayerBox) -> float:
    """Return the height of a box in inches."""
    return min(0.06 + 0.021 * math.log2(box.shape[-1]), _HIGHEST)


def _height_of(row: float) -> float:
    return _TOP + (row + 0.5) * _ROW


def _draw_legend(ax: "Axes", parts: Sequence[str]) -> None:
    from matplotlib.patches import Rectangle

    x = _MARGIN
    for part, color in zip(parts, COLORS, strict=False):
        ax.add_patch(Rectangle((x, 0.46), 0.12, 0.12, facecolor=color, edgecolor="none"))
        write(ax, x + 0.17, 0.52, part, fontsize=7.5, va="center_baseline", color="#444444")
        x += 0.35 + 0.075 * len(part)


def _draw_lines(
    ax: "Axes", boxes: Sequence[LayerBox], layout: Layout, centers: Sequence[float]
) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    for target, line in layout.lines:
        corners = [(centers[lane], _height_of(row)) for lane, row in line]
        x, y = corners[-1]
        corners[-1] = x, y - _thickness(boxes[target]) / 2
        ax.add_patch(
            FancyArrowPatch(
                path=Path(corners),
                arrowstyle="-|>",
                mutation_scale=6,
                color=_LINES,
                linewidth=0.8,
                shrinkA=0,
                shrinkB=0,
                zorder=1,
            )
        )


def _draw_box(ax: "Axes", x: float, y: float, box: LayerBox, side: float, color: str) -> None:
    """Draw a box around (x, y); ``side`` is the side of its map, as a fraction of the largest."""
    from matplotlib.patches import Rectangle

    width = max(_WIDEST * side, 0.05)
    height = _thickness(box)
    ax.add_patch(
        Rectangle(
            (x - width / 2, y - height / 2),
            width,
            height,
            facecolor=color,
            edgecolor="#404040",
            linewidth=0.6,
            zorder=2,
        )
    )
    shape = "×".join(map(str, box.shape))
    text_x = x + _WIDEST / 2 + 0.07
    write(ax, text_x, y, f"{box.label}\n{shape}", fontsize=6.5, va="center", linespacing=1.05)
