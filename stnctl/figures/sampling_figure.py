"""Figure of one warp: U with the sampling grid on it, V with the same grid, and a caption."""

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stnctl.figures.canvas import DOTS_PER_INCH, figure_file, new_figure
from stnctl.figures.example_grids import SIDE_COLOR, TOP_COLOR, grid_border
from stnctl.figures.raster import over_checkerboard, resize_to_fit, to_pillow
from stnctl.figures.text import drawable, set_title, write
from stnctl.geometry.frames import Size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE, GAP = 3.2, 0.8
"""Inches: the longer side of each panel, and the gap between the two."""

TITLE_LINE, HEADING = 0.24, 0.3
CAPTION_GAP, CAPTION_LINE = 0.2, 0.185
COLUMNS = 94
"""Number of characters in a line of the caption; a full line is as wide as both panels."""

GROUND, FRAME = "#3a3a3a", "#d8d8d8"
FARTHEST_VIEW = 1.0
"""Largest margin around U, in sides of U."""

FARTHEST_POINT = 1000.0
"""Distance, in sides of U, beyond which points are not drawn and lines break."""

_PADDING = 0.02
_EVERY_LINE = 16
"""Largest number of pixels of an axis for which the figure has a line through each pixel."""

_INTERVALS = (8, 9, 7, 10, 6, 11, 12)
"""Numbers of intervals between the lines of a longer axis; the first even split is used."""


@dataclass(frozen=True)
class _View:
    """Visible part of a panel: its outer edges in pixels of the map, y down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def scale(self) -> float:
        """Inches per pixel of the map."""
        return SIDE / max(self.right - self.left, self.bottom - self.top)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height of the panel."""
        return (self.right - self.left) * self.scale, (self.bottom - self.top) * self.scale


def sampling_figure(
    U: np.ndarray,
    V: np.ndarray,
    points: np.ndarray,
    caption: str,
    *,
    title: str,
    sizes: tuple[Size, Size] | None = None,
    suffix: str = ".png",
) -> bytes:
    """Return a figure of U with the sampling grid on it, V with the same grid, and a caption below.

    The top row of the grid has its own color, on U and on V, so that the orientation is visible.
    A grid that extends beyond U is shown up to one width or height of U beyond the edges.

    Args:
        U: (H, W, C), floats in [0, 1]; C = 1, 2 (gray and opacity), 3, or 4 (RGB and opacity).
        V: (H', W', C), with the same channels.
        points: (H', W', 2), the point of U that each pixel of V reads, pixel (x, y); finite or not.
        caption: Lines below the panels, in a monospaced font; long lines are wrapped.
        title: One or more lines at the top.
        sizes: (H, W) of U and of V to write above the panels; default the sizes of the arrays.
        suffix: Format of the file, a key of `FIGURE_SUFFIXES`.

    Raises:
        ValueError: If a shape is not one of the above.
    """
    if points.shape != (*V.shape[:2], 2):
        raise ValueError(f"points must have shape {(*V.shape[:2], 2)}, got {points.shape}")
    near = _without_far(points, U.shape[:2])
    height, width = V.shape[:2]
    lattice = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(float)
    views = _view_of(U, near), _view_of(V, lattice)
    named = sizes or (U.shape[:2], V.shape[:2])
    lines, title = _wrap(caption), drawable(title)
    heights = _heights(views, lines, title)
    with new_figure(2 * SIDE + GAP, sum(heights)) as figure:
        write(figure, 0.5, 1, title, ha="center", va="top", fontsize=11)
        left, right = _add_panels(figure, views, heights)
        _write_caption(figure, lines, heights)
        for axes, view, image, drawn, name, size in (
            (left, views[0], U, near, "U", named[0]),
            (right, views[1], V, lattice, "V", named[1]),
        ):
            _show(axes, image, view.scale)
            _draw_grid(axes, drawn)
            set_title(axes, f"{name}   {size[0]} × {size[1]}", fontsize=10, pad=5)
        _arrow(figure, left, right)
        return figure_file(figure, suffix)


def _without_far(points: np.ndarray, size: Size) -> np.ndarray:
    """Return points, (H', W', 2), with NaN for those beyond `FARTHEST_POINT` of U (H, W)."""
    finite = np.nan_to_num(points.astype(float), nan=np.inf)
    far = (np.abs(finite) > FARTHEST_POINT * max(size)).any(axis=-1, keepdims=True)
    return np.where(far, np.nan, finite)


def _view_of(image: np.ndarray, points: np.ndarray) -> _View:
    """Return the visible part: the whole map, and the points (H', W', 2) within `FARTHEST_VIEW`."""
    size = np.array([image.shape[1], image.shape[0]])
    known = points[np.isfinite(points).all(axis=-1)]  # (N, 2)
    shown = np.clip(known, -0.5 - FARTHEST_VIEW * size, size - 0.5 + FARTHEST_VIEW * size)
    seen = np.concatenate([shown, [(-0.5, -0.5), size - 0.5]])
    low, high = seen.min(axis=0), seen.max(axis=0)
    padding = _PADDING * (high - low).max()
    left, top = low - padding
    right, bottom = high + padding
    return _View(left, top, right, bottom)


def _wrap(caption: str) -> list[str]:
    """Return lines of at most `COLUMNS` characters."""
    lines = [textwrap.wrap(line, COLUMNS, subsequent_indent="  ") for line in caption.splitlines()]
    return [part for line in lines for part in line or [""]]


def _heights(
    views: tuple[_View, _View], lines: list[str], title: str
) -> tuple[float, float, float]:
    """Return the heights of the part above the panels, of the panels, and of the caption."""
    above = TITLE_LINE * len(title.splitlines()) + HEADING
    row = max(view.inches[1] for view in views)
    return above, row, CAPTION_GAP + CAPTION_LINE * len(lines)


def _add_panels(
    figure: "Figure", views: tuple[_View, _View], heights: tuple[float, float, float]
) -> tuple["Axes", "Axes"]:
    """Add the empty axes of U and V."""
    _, row, below = heights
    width, height = figure.get_size_inches()
    middle = (below + row / 2) / height
    left, right = (
        _axes(figure, view, (SIDE / 2 + number * (SIDE + GAP)) / width, middle)
        for number, view in enumerate(views)
    )
    return left, right


def _write_caption(figure: "Figure", lines: list[str], heights: tuple[float, float, float]) -> None:
    y = (heights[2] - CAPTION_GAP) / sum(heights)
    style = {"va": "top", "fontsize": 9, "family": "monospace", "linespacing": 1.35}
    write(figure, 0, y, "\n".join(lines), max_lines=len(lines), **style)


def _axes(figure: "Figure", view: _View, x: float, y: float) -> "Axes":
    """Add axes that show ``view``, centered at (x, y) of the figure."""
    width, height = view.inches / figure.get_size_inches()
    axes = figure.add_axes((x - width / 2, y - height / 2, width, height), facecolor=GROUND)
    axes.set_xlim(view.left, view.right)
    axes.set_ylim(view.bottom, view.top)
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    return axes


def _show(axes: "Axes", image: np.ndarray, scale: float) -> None:
    """Draw a map and its border; pixel centers are whole numbers, ``scale`` is inches per pixel."""
    height, width = image.shape[:2]
    dots = (max(1, round(side * scale * DOTS_PER_INCH)) for side in (width, height))
    raster = over_checkerboard(resize_to_fit(to_pillow(image), *dots))
    edges = (-0.5, width - 0.5, height - 0.5, -0.5)
    axes.imshow(
        np.asarray(raster),
        cmap="gray",
        vmin=0,
        vmax=255,
        extent=edges,
        aspect="auto",
        interpolation="nearest",
    )
    corners = np.array([(edges[x], edges[y]) for x, y in ((0, 3), (1, 3), (1, 2), (0, 2), (0, 3))])
    axes.plot(*corners.T, color=FRAME, linewidth=0.8)


def _draw_grid(axes: "Axes", points: np.ndarray) -> None:
    """Draw a grid of points, (H', W', 2): its lines, its border, and dots where lines cross."""
    height, width = points.shape[:2]
    rows, columns = _lines(height), _lines(width)
    for line in (*points[rows], *points[:, columns].swapaxes(0, 1)):
        axes.plot(*line.T, color=SIDE_COLOR, linewidth=0.7, alpha=0.8)
    border = grid_border(points)
    axes.plot(*border.T, color=SIDE_COLOR, linewidth=1.6)
    axes.plot(*border[:width].T, color=TOP_COLOR, linewidth=2.4)
    crossings = points[np.ix_(rows, columns)].reshape(-1, 2)
    axes.plot(*crossings.T, linestyle="none", marker="o", markersize=2.2, color=SIDE_COLOR)
    axes.plot(*points[0, columns].T, linestyle="none", marker="o", markersize=3.0, color=TOP_COLOR)


def _lines(size: int) -> np.ndarray:
    """Return the pixels of an axis with a line: all, or about nine, evenly spaced if possible."""
    if size <= _EVERY_LINE:
        return np.arange(size)
    intervals = next((n for n in _INTERVALS if (size - 1) % n == 0), _INTERVALS[0])
    return np.rint(np.linspace(0, size - 1, intervals + 1)).astype(int)


def _arrow(figure: "Figure", left: "Axes", right: "Axes") -> None:
    """Draw an arrow in the direction of theta, from V to U."""
    from matplotlib.patches import FancyArrowPatch

    start, end = right.get_position(), left.get_position()
    y = (end.y0 + end.y1) / 2
    width, height = figure.get_size_inches()
    tail, tip = (start.x0 - 0.1 / width, y), (end.x1 + 0.1 / width, y)
    arrow = FancyArrowPatch(
        tail, tip, transform=figure.transFigure, arrowstyle="-|>", mutation_scale=12, color="black"
    )
    figure.add_artist(arrow)
    middle = (tail[0] + tip[0]) / 2
    write(figure, middle, y + 0.08 / height, "theta", ha="center", va="bottom", fontsize=9)
