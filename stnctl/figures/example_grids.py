"""Grids of examples: each example is one map, or U and V with the outline of the sampled region."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stnctl.figures.gallery import gallery_png
from stnctl.figures.raster import to_gray_or_rgb
from stnctl.geometry.grid import to_pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP_COLOR, SIDE_COLOR = "#ff9f1c", "#2ec4b6"
LARGEST_MARGIN = 0.6
"""Largest margin around U, in sides of U."""

Limits = tuple[float, float]


def maps_png(
    maps: np.ndarray,
    limits: Limits,
    captions: Sequence[str],
    right: Sequence[bool],
    *,
    heading: str,
    title: str,
    notes: Sequence[str] = (),
) -> bytes:
    """Return a PNG with one image per map.

    Args:
        maps: (n, H, W, C), drawn in the colors of `to_gray_or_rgb`.
        limits: The two values drawn in black and in white.
        captions: n captions.
        right: (n,), whether each prediction is right.
        heading: Name of the maps.
        title: Title of the figure.
        notes: n small texts below the captions; () for none.
    """

    def draw(axes: "Sequence[Axes]", n: int) -> None:
        show_map(axes[0], maps[n], limits)

    return gallery_png(
        draw, headings=[heading], captions=captions, right=right, title=title, notes=notes
    )


def pairs_png(
    U: np.ndarray,
    V: np.ndarray,
    outlines: np.ndarray,
    limits: Limits,
    captions: Sequence[str],
    right: Sequence[bool],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> bytes:
    """Return a PNG with U and V side by side, and on U the outline of the sampled region.

    The top edge of V has its own color, on V and in the outline on U.

    Args:
        U: (n, H, W, C), drawn in the colors of `to_gray_or_rgb`.
        V: (n, H', W', C).
        outlines: (n, P, 2), pixel (x, y) on U of the border points, from `grid_outlines`.
        limits: The two values drawn in black and in white.
        captions: n captions.
        right: (n,), whether each prediction is right.
        title: Title of the figure.
        notes: n small texts below the captions; () for none.
    """
    margin = outline_margin(outlines, U.shape[1:3])

    def draw(axes: "Sequence[Axes]", n: int) -> None:
        show_pair(axes[0], axes[1], U[n], V[n], outlines[n], limits, margin)

    return gallery_png(
        draw, headings=["U", "V"], captions=captions, right=right, title=title, notes=notes
    )


def show_pair(
    left: "Axes",
    right: "Axes",
    U: np.ndarray,
    V: np.ndarray,
    outline: np.ndarray,
    limits: Limits,
    margin: float,
) -> None:
    """Draw U with an outline on it, and V with the same outline as its border.

    Args:
        left: Axes of U.
        right: Axes of V.
        U: (H, W, C), drawn in the colors of `to_gray_or_rgb`.
        V: (H', W', C).
        outline: (P, 2), pixel (x, y) on U of the border points of V, from `grid_outlines`.
        limits: The two values drawn in black and in white.
        margin: Margin around U, from `outline_margin`.
    """
    height, width = V.shape[:2]
    border = grid_border(np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1))
    show_map(left, U, limits)
    _outline(left, outline, width)
    widen(left, U.shape[:2], margin)
    show_map(right, V, limits)
    _outline(right, border, width)


def shade_limits(maps: np.ndarray) -> Limits:
    """Return the two values of maps, ([n,] H, W, C), to draw in black and in white."""
    low, high = float(maps.min()), float(maps.max())
    return low, high if high > low else low + 1


def grid_outlines(
    grid: np.ndarray, input_size: tuple[int, int], *, align_corners: bool
) -> np.ndarray:
    """Return the border points of sampling grids, in pixels of U.

    Args:
        grid: (n, H', W', 2), normalized (x, y), target -> source.
        input_size: (H, W) of U.
        align_corners: As in `stnctl.geometry.grid`.

    Returns:
        (n, P, 2), pixel (x, y), clockwise from the top left corner of V and back to it.
    """
    pixels = to_pixels(grid, input_size, align_corners=align_corners)
    return np.stack([grid_border(points) for points in pixels])


def grid_border(points: np.ndarray) -> np.ndarray:
    """Return the border of a grid, (H', W', 2), as a closed line, (P, 2), top row first."""
    return np.concatenate([points[0], points[1:, -1], points[-1, -2::-1], points[-2::-1, 0]])


def show_map(axes: "Axes", image: np.ndarray, limits: Limits) -> None:
    """Draw a map (H, W, C), with the first of the limits in black and the second in white."""
    axes.imshow(shades(image, limits), cmap="gray", vmin=0, vmax=1, interpolation="nearest")


def shades(image: np.ndarray, limits: Limits) -> np.ndarray:
    """Return a map (H, W, C) in gray or RGB, in [0, 1]: 0 and 1 for the first and second limit."""
    low, high = limits
    return to_gray_or_rgb(np.clip((image - low) / (high - low), 0, 1))


def _outline(axes: "Axes", border: np.ndarray, top: int) -> None:
    """Draw a closed line, (P, 2), with its first ``top`` points in another color."""
    axes.plot(*border.T, color=SIDE_COLOR, linewidth=1.6)
    axes.plot(*border[:top].T, color=TOP_COLOR, linewidth=2.4)


def outline_margin(outlines: np.ndarray, size: tuple[int, int]) -> float:
    """Return the margin around U (H, W), in sides of U, that shows outlines (n, P, 2)."""
    last = np.array([size[1] - 1, size[0] - 1])
    beyond = np.maximum(-outlines, outlines - last) / (last + 1)
    return float(np.clip(np.nan_to_num(beyond).max() + 0.03, 0.03, LARGEST_MARGIN))


def widen(axes: "Axes", size: tuple[int, int], margin: float) -> None:
    """Set the limits of axes to a map (H, W) with a margin around it, in sides of the map."""
    height, width = size
    axes.set_xlim(-0.5 - margin * width, width - 0.5 + margin * width)
    axes.set_ylim(height - 0.5 + margin * height, -0.5 - margin * height)
