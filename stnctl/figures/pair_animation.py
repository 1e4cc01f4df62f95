"""Animations of examples: U with the outline or the grid of the sampled region, beside V."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.animation import animation_gif
from stnctl.figures.canvas import new_figure
from stnctl.figures.example_grids import (
    SIDE_COLOR,
    TOP_COLOR,
    Limits,
    grid_border,
    outline_margin,
    shades,
    widen,
)
from stnctl.figures.gallery import RIGHT, WRONG
from stnctl.figures.text import rewrite, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

SIDE, INNER_GAP, OUTER_GAP, LINE = 1.0, 0.05, 0.22, 0.18
"""Side of a panel, gaps, and height of a line of text. All lengths are in inches."""

NUM_LINES = 9
"""Maximum number of lines of the grid in each direction."""

MAX_EXAMPLES = 16
"""Maximum number of examples in an animation."""

_DOTS_PER_INCH = 100


@dataclass(frozen=True)
class PairFrame:
    """Frame of an animation of n examples.

    Attributes:
        label: Text below the title, such as ``epoch 3``.
        V: (n, H', W', C).
        points: (n, H', W', 2), pixel (x, y) on U of each pixel of V.
        captions: n captions.
        right: (n,), whether each prediction is right; sets the color of the caption.
    """

    label: str
    V: np.ndarray
    points: np.ndarray
    captions: Sequence[str]
    right: Sequence[bool]


def pairs_gif(
    U: np.ndarray,
    limits: Limits,
    frames: Sequence[PairFrame],
    *,
    title: str,
    milliseconds: int,
    grid: bool = False,
    rewind: bool = True,
) -> bytes:
    """Return a GIF of U and V side by side for each example.

    Args:
        U: (n, H, W, C), drawn in the colors of `to_gray_or_rgb`.
        limits: The two values drawn in black and in white.
        frames: The frames, at least one.
        title: One line at the top.
        milliseconds: Duration of a frame.
        grid: Whether lines of the sampling grid are on U, besides its outline.
        rewind: Whether the animation plays backward after its end.
    """
    columns = _num_columns(len(U))
    rows = math.ceil(len(U) / columns)
    top = 2 * LINE + 0.12
    width = columns * (2 * SIDE + INNER_GAP) + (columns + 1) * OUTER_GAP
    height = top + rows * (SIDE + LINE + 0.1)
    margin = max(outline_margin(_borders(frame.points), U.shape[1:3]) for frame in frames)
    with new_figure(width, height) as figure:
        figure.set_dpi(_DOTS_PER_INCH)
        sheet = _Sheet(figure, width, height)
        sheet.write(OUTER_GAP, 0.07, title, ha="left", va="top", fontsize=8)
        label = sheet.write(
            OUTER_GAP, 0.07 + LINE, "", ha="left", va="top", fontsize=9, weight="bold"
        )
        cells = []
        for n, image in enumerate(U):
            row, column = divmod(n, columns)
            left = OUTER_GAP + column * (2 * SIDE + INNER_GAP + OUTER_GAP)
            cells.append(_Cell(sheet, left, top + row * (SIDE + LINE + 0.1), image, limits, margin))
        return animation_gif(
            [_drawn(figure, label, cells, frame, grid=grid) for frame in frames],
            milliseconds=milliseconds,
            rewind=rewind,
        )


def _num_columns(count: int) -> int:
    """Return the number of columns for pairs in a wide figure."""
    return min(count, max(1, math.ceil(math.sqrt(count))) + (count > 6))


def _borders(points: np.ndarray) -> np.ndarray:
    return np.stack([grid_border(each) for each in points])


def _drawn(
    figure: "Figure", label: "Text", cells: "Sequence[_Cell]", frame: PairFrame, *, grid: bool
) -> np.ndarray:
    """Return a frame as RGB, (h, w, 3), floats in [0, 1]."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    rewrite(label, frame.label)
    for n, cell in enumerate(cells):
        cell.update(frame, n, grid=grid)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3] / 255


class _Sheet:
    """Figure with lengths in inches from its top left corner."""

    def __init__(self, figure: "Figure", width: float, height: float) -> None:
        self.figure, self.width, self.height = figure, width, height

    def write(self, x: float, y: float, text: str, **style: Any) -> "Text":
        return write(self.figure, x / self.width, 1 - y / self.height, text, **style)

    def add_axes(self, left: float, top: float) -> "Axes":
        """Add empty axes, `SIDE` wide and high."""
        place = (left / self.width, 1 - (top + SIDE) / self.height)
        axes = self.figure.add_axes(
            (*place, SIDE / self.width, SIDE / self.height), facecolor="#3a3a3a"
        )
        axes.set_xticks([])
        axes.set_yticks([])
        return axes


class _Cell:
    """U and V of one example, with a caption."""

    def __init__(
        self,
        sheet: _Sheet,
        left: float,
        top: float,
        image: np.ndarray,
        limits: Limits,
        margin: float,
    ) -> None:
        from matplotlib.collections import LineCollection

        self.limits = limits
        first, second = sheet.add_axes(left, top), sheet.add_axes(left + SIDE + INNER_GAP, top)
        first.imshow(shades(image, limits), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        self.lines = LineCollection([], colors=SIDE_COLOR, linewidths=0.6, alpha=0.8)
        first.add_collection(self.lines)
        [self.outline] = first.plot([], [], color=SIDE_COLOR, linewidth=1.4)
        [self.top] = first.plot([], [], color=TOP_COLOR, linewidth=2.0)
        widen(first, image.shape[:2], margin)
        self.axes = second
        middle = left + SIDE + INNER_GAP / 2
        self.caption = sheet.write(
            middle, top + SIDE + 0.03, "", ha="center", va="top", fontsize=7.5
        )

    def update(self, frame: PairFrame, n: int, *, grid: bool) -> None:
        points = frame.points[n]
        border, width = grid_border(points), points.shape[1]
        self.outline.set_data(*border.T)
        self.top.set_data(*border[:width].T)
        if grid:
            self.lines.set_segments(_grid_lines(points))
        self.axes.clear()
        self.axes.imshow(
            shades(frame.V[n], self.limits), cmap="gray", vmin=0, vmax=1, interpolation="nearest"
        )
        self.axes.set_xticks([])
        self.axes.set_yticks([])
        rewrite(self.caption, frame.captions[n])
        self.caption.set_color(RIGHT if frame.right[n] else WRONG)


def _grid_lines(points: np.ndarray) -> list[np.ndarray]:
    """Return some rows and columns of a grid (H', W', 2), (P, 2) each."""
    rows, columns = (
        np.unique(np.linspace(0, size - 1, min(size, NUM_LINES)).round().astype(int))
        for size in points.shape[:2]
    )
    return [*points[rows], *points[:, columns].swapaxes(0, 1)]
