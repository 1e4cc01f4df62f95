"""Gallery of predictions: the image of a user, the prepared image U, and V."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stnctl.figures.example_grids import Limits, outline_margin, show_map, show_pair
from stnctl.figures.gallery import gallery_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_IMAGES = 100
"""Largest number of images that are drawn."""


def predictions_png(
    images: Sequence[np.ndarray],
    U: np.ndarray,
    sampled: tuple[np.ndarray, np.ndarray] | None,
    limits: Limits,
    captions: Sequence[str],
    notes: Sequence[str],
    *,
    title: str,
) -> bytes:
    """Return a PNG with the first `MOST_IMAGES` predictions.

    Args:
        images: n images as they were given, (h, w, c) each, within [0, 1]; c is 1 or 3.
        U: The prepared images, (n, H, W, C).
        sampled: V (n, H', W', C), and the outlines of the sampled regions on U, (n, P, 2); None
            without a transformer that samples the input.
        limits: The two values of U and V drawn in black and in white.
        captions: n captions.
        notes: n small texts below the captions.
        title: Title of the figure.
    """
    shown = min(len(images), MOST_IMAGES)
    if shown < len(images):
        title += f"; the first {shown} of {len(images)}"
    margin = 0.0 if sampled is None else outline_margin(sampled[1][:shown], U.shape[1:3])

    def draw(axes: "Sequence[Axes]", n: int) -> None:
        show_map(axes[0], images[n], (0.0, 1.0))
        if sampled is None:
            show_map(axes[1], U[n], limits)
        else:
            show_pair(axes[1], axes[2], U[n], sampled[0][n], sampled[1][n], limits, margin)

    return gallery_png(
        draw,
        headings=["image", "U"] if sampled is None else ["image", "U", "V"],
        captions=captions[:shown],
        right=[None] * shown,
        title=title,
        notes=notes[:shown],
    )
