"""Draws docs/images/frames.png: U with its three frames, V, and an arrow from V to U.

python docs/conventions_picture.py
"""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch, Rectangle
from transforms_page import in_few_colors

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.example_grids import SIDE_COLOR, TOP_COLOR
from stnctl.geometry import TRANSFORMS
from stnctl.geometry.grid import half_span, to_pixels

TARGET = Path(__file__).parent / "images" / "frames.png"
INPUT_SIZE, OUTPUT_SIZE = (4, 5), (3, 3)
THETA = (0.5, 0.15, 0.25, -0.15, 0.5, -0.1)
PIXEL = (0, 2)
"""Row and column of the pixel of V with the arrow to U."""

RULERS = {
    True: ("#b3261e", "align_corners=True", 0.6),
    False: ("#00695c", "align_corners=False", 1.45),
}
"""Color, name, and distance of the ruler from U's edge in pixels, for each align_corners."""

GRAYS = ("#e8e8e8", "#f7f7f7")


def frames_png() -> bytes:
    """Return the figure as a PNG."""
    with new_figure(8.6, 4.0) as figure:
        left = figure.add_axes((0.0, 0.0, 0.64, 1.0))
        right = figure.add_axes((0.73, 0.2, 0.24, 0.45))
        grid = TRANSFORMS["affine"].grid(np.array([THETA]), OUTPUT_SIZE)
        points = to_pixels(grid, INPUT_SIZE)[0]
        draw_map(left, INPUT_SIZE, reach=(-2.9, -2.15, 5.0, 4.0))
        draw_map(right, OUTPUT_SIZE, reach=(-0.6, -0.6, 2.6, 2.6))
        for align_corners in RULERS:
            draw_rulers(left, align_corners)
        name_pixels(left)
        draw_points(left, points)
        draw_points(right, np.stack(np.meshgrid(range(3), range(3)), axis=-1).astype(float))
        draw_arrow(left, right, points)
        left.text(2, 3.95, "U, the input, with the pixel frame (x, y)", **CENTERED)
        right.text(1, 2.95, "V, the output", **CENTERED)
        right.text(1, 3.5, FORMULA, **CENTERED)
        return png(figure)


FORMULA = "(x_s, y_s) =\n[a b tx; c d ty] (x_t, y_t, 1)"
CENTERED: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 11}


def draw_map(axes: Axes, size: tuple[int, int], *, reach: tuple[float, ...]) -> None:
    """Draw the pixels of a map (H, W); the axes show left, top, right, bottom of ``reach``."""
    for row, column in np.ndindex(size):
        color = GRAYS[(row + column) % 2]
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=color, edgecolor="#b0b0b0")
        )
    axes.set_xlim(reach[0], reach[2])
    axes.set_ylim(reach[3], reach[1])
    axes.set_aspect("equal")
    axes.set_axis_off()


def draw_rulers(axes: Axes, align_corners: bool) -> None:
    """Draw the -1, 0 and 1 of a normalized frame above U and to its left."""
    color, name, distance = RULERS[align_corners]
    height, width = INPUT_SIZE
    half_x, half_y = half_span(INPUT_SIZE, align_corners=align_corners)
    x, y = (width - 1) / 2 + half_x * TICKS, (height - 1) / 2 + half_y * TICKS
    level = -0.5 - distance
    axes.plot(x, np.full(3, level), color=color, marker="|", markersize=9, linewidth=1.5)
    axes.plot(np.full(3, level), y, color=color, marker="_", markersize=9, linewidth=1.5)
    for value, x_tick, y_tick in zip(TICKS, x, y, strict=True):
        style = {**CENTERED, "color": color, "fontsize": 10, "bbox": ON_WHITE}
        axes.text(x_tick, level - 0.3, f"{value:g}", **style)
        axes.text(level - 0.3, y_tick, f"{value:g}", **style)
        axes.plot([x_tick] * 2, [level, -0.5], color=color, linewidth=0.6, linestyle=":")
        axes.plot([level, -0.5], [y_tick] * 2, color=color, linewidth=0.6, linestyle=":")
    axes.text(width - 0.25, level, name, color=color, va="center", fontsize=10)


ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
TICKS = np.array([-1.0, 0.0, 1.0])


def name_pixels(axes: Axes) -> None:
    """Mark the center of each pixel of U, and label the corner pixels with (x, y)."""
    height, width = INPUT_SIZE
    for y, x in np.ndindex(height, width):
        axes.plot(x, y, color="#808080", marker="+", markersize=6, linewidth=0)
    for x, y in itertools.product((0, width - 1), (0, height - 1)):
        axes.text(x, y + 0.3, f"({x}, {y})", **CENTERED | {"fontsize": 9})


def draw_points(axes: Axes, points: np.ndarray) -> None:
    """Draw a lattice (H', W', 2) of sampling points, its top side in the color of V's top."""
    for line in (*points, *points.swapaxes(0, 1)):
        axes.plot(*line.T, color=SIDE_COLOR, linewidth=1.2)
    axes.plot(*points.reshape(-1, 2).T, color=SIDE_COLOR, marker="o", markersize=5, linewidth=0)
    axes.plot(*points[0].T, color=TOP_COLOR, marker="o", markersize=5, linewidth=2.4)


def draw_arrow(left: Axes, right: Axes, points: np.ndarray) -> None:
    """Draw the arrow from a pixel of V to its source point in U."""
    row, column = PIXEL
    arrow = ConnectionPatch(
        (column, row),
        tuple(points[PIXEL]),
        right.transData,
        left.transData,
        arrowstyle="-|>",
        connectionstyle="arc3,rad=0.35",
        mutation_scale=16,
        shrinkA=5,
        shrinkB=5,
        linewidth=1.4,
        color="black",
    )
    right.figure.add_artist(arrow)
    right.text(-1.1, -0.85, "theta: V → U", **CENTERED)


if __name__ == "__main__":
    TARGET.write_bytes(in_few_colors(frames_png()))
