"""Grids of examples: U, V, and both with the points that were sampled."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import new_figure, png
from stnctl.geometry.grid import to_pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP, SIDES = "#ff9f1c", "#2ec4b6"
RIGHT, WRONG = "#1b7f3b", "#b3261e"
CELL = 1.75
"""Side of a picture in inches."""


def maps_png(maps: np.ndarray, captions: Sequence[str], right: Sequence[bool], title: str) -> bytes:
    """Return a PNG with one picture a map, captioned.

    Args:
        maps: (n, H, W, C); C = 1 is drawn in grey, C = 3 in color, else the channels' mean.
        captions: n captions.
        right: Whether each prediction was right; wrong ones are captioned in red.
        title: Title of the whole picture.
    """

    def draw(axes: "Sequence[Axes]", n: int) -> None:
        _show(axes[0], maps[n], _limits(maps))

    return _gallery(len(maps), 1, draw, captions, right, title)


def pairs_png(
    U: np.ndarray,
    V: np.ndarray,
    grid: np.ndarray,
    captions: Sequence[str],
    right: Sequence[bool],
    title: str,
    *,
    align_corners: bool,
) -> bytes:
    """Return a PNG with U and V side by side, and on U the outline of the points sampled for V.

    The outline's top edge, which becomes the top of V, has the color of V's top edge.

    Args:
        U: (n, H, W, C).
        V: (n, H', W', C).
        grid: (n, H', W', 2), normalized (x, y), target -> source.
        captions: n captions.
        right: Whether each prediction was right.
        title: Title of the whole picture.
        align_corners: As in `stnctl.geometry.grid`.
    """
    outlines = to_pixels(grid, (U.shape[1], U.shape[2]), align_corners=align_corners)

    def draw(axes: "Sequence[Axes]", n: int) -> None:
        _show(axes[0], U[n], _limits(U))
        _outline(axes[0], outlines[n])
        _keep_in_view(axes[0], U.shape[1:3])
        _show(axes[1], V[n], _limits(U))
        height, width = V.shape[1:3]
        _outline(axes[1], np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1))
        axes[0].set_title("U", fontsize=9, pad=3)
        axes[1].set_title("V", fontsize=9, pad=3)

    return _gallery(len(U), 2, draw, captions, right, title)


def _gallery(
    count: int,
    width: int,
    draw: "Callable[[Sequence[Axes], int], None]",
    captions: Sequence[str],
    right: Sequence[bool],
    title: str,
) -> bytes:
    """Lay out ``count`` cells of ``width`` pictures each, with a caption below each cell."""
    columns = min(count, math.ceil(math.sqrt(count)))
    rows = math.ceil(count / columns)
    size = max(columns * width * CELL, 4.5), rows * (CELL + 0.5) + 0.5
    figure = new_figure(*size)
    figure.suptitle(title, fontsize=11, y=1 - 0.12 / size[1], va="top")
    cells = figure.add_gridspec(
        rows, columns, left=0.02, right=0.98, bottom=0.25 / size[1], top=1 - 0.62 / size[1],
        wspace=0.08, hspace=0.32,
    )  # fmt: skip
    for n in range(count):
        row, column = divmod(n, columns)
        axes = _cell(figure, cells[row, column], width)
        draw(axes, n)
        color = RIGHT if right[n] else WRONG
        axes[0].text(
            width / 2 + (width - 1) * 0.03, -0.05, captions[n], transform=axes[0].transAxes,
            ha="center", va="top", fontsize=8.5, color=color,
        )  # fmt: skip
    return png(figure)


def _cell(figure: "Figure", place: Any, width: int) -> "list[Axes]":
    inner = place.subgridspec(1, width, wspace=0.06)
    axes = [figure.add_subplot(inner[0, n]) for n in range(width)]
    for ax in axes:
        ax.set_xticks([])
        ax.set_yticks([])
        ax.set_facecolor("#3a3a3a")
    return axes


def _show(ax: "Axes", image: np.ndarray, limits: tuple[float, float]) -> None:
    low, high = limits
    shade = np.clip((image - low) / (high - low), 0, 1)
    picture = shade if shade.shape[-1] == 3 else shade.mean(axis=-1)
    ax.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")


def _limits(maps: np.ndarray) -> tuple[float, float]:
    low, high = float(maps.min()), float(maps.max())
    return low, high if high > low else low + 1


def _outline(ax: "Axes", points: np.ndarray) -> None:
    """Draw the border of points (H', W', 2), pixel (x, y)."""
    sides = np.concatenate([points[:, -1], points[-1, ::-1], points[::-1, 0]])
    ax.plot(*sides.T, color=SIDES, linewidth=1.6, clip_on=True)
    ax.plot(*points[0].T, color=TOP, linewidth=2.2, clip_on=True)


def _keep_in_view(ax: "Axes", size: tuple[int, int], margin: float = 0.35) -> None:
    """Show the image and a margin round it, so that points outside it can be seen."""
    height, width = size
    ax.set_xlim(-0.5 - margin * width, width - 0.5 + margin * width)
    ax.set_ylim(height - 0.5 + margin * height, -0.5 - margin * height)
