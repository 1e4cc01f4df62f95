"""Figure of groups of trainings: mean validation curves over the seeds, with bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from stnctl.figures.canvas import new_figure, page_figure, png, svg
from stnctl.figures.curve import color_and_style
from stnctl.figures.error_axis import set_error_axis
from stnctl.figures.history import EpochCurve, marker_of, set_scales
from stnctl.figures.text import add_legend, set_axis_names, write
from stnctl.figures.training_curves import common_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

KEY = "validation_accuracy"

MAX_BANDS = 20
"""Maximum number of groups in the figure."""

_ALPHA = 0.18
_LEGEND_SIDE, _GAP = 2.6, 0.75
"""Widths of the legend at the right, and of the space for texts beside a panel, in inches."""


@dataclass(frozen=True, eq=False)
class Band:
    """Validation accuracy of a group of trainings.

    Attributes:
        label: Name in the legend.
        epochs: (n,), the epochs that all trainings have.
        mean: (n,), mean accuracy in %.
        std: (n,), sample standard deviation in %; NaN for one training.
        count: Number of trainings.
    """

    label: str
    epochs: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    count: int

    @classmethod
    def of(cls, label: str, trainings: Sequence[Sequence[Mapping[str, Any]]]) -> Self | None:
        """Return the band of the rows of trainings; None if they have no common epoch.

        Args:
            label: Name in the legend.
            trainings: For each training, one row for each epoch, with ``epoch`` and
                ``validation_accuracy``. The rows may be those of untrusted runs.
        """
        curves = [EpochCurve.of(rows, KEY) for rows in trainings]
        curves = [curve for curve in curves if curve.has_values]
        if not curves:
            return None
        epochs, values = common_values(curves)
        if not len(epochs):
            return None
        several = len(curves) > 1
        std = np.std(values, axis=0, ddof=1) if several else np.full(len(epochs), np.nan)
        return cls(label, epochs, 100 * np.mean(values, axis=0), 100 * std, len(curves))


def band_curves_png(bands: Sequence[Band], *, title: str, num_left_out: int = 0) -> bytes:
    """Return a PNG of validation curves: the accuracy, and the error on a logarithmic axis.

    A band is the mean ± the sample standard deviation. Its line alone is one training.

    Args:
        bands: The groups, at most `MAX_BANDS`.
        title: Title of the figure.
        num_left_out: Number of groups that are not shown, for the legend.
    """
    with new_figure(12.6, 4.6) as figure:
        write(figure, 0.02, 0.97, title, max_lines=2, va="top", fontsize=12)
        _draw(figure, bands, num_left_out, top=0.89)
        return png(figure)


def band_curves_svg(bands: Sequence[Band], *, prefix: str, num_left_out: int = 0) -> str:
    """Return an SVG; see `band_curves_png` and `stnctl.figures.canvas.svg`."""
    with page_figure(10.0, 3.4) as figure:
        _draw(figure, bands, num_left_out, top=0.97)
        return svg(figure, prefix)


def _draw(figure: "Figure", bands: Sequence[Band], num_left_out: int, *, top: float) -> None:
    from matplotlib.lines import Line2D

    width = figure.get_size_inches()[0]
    side, gap = ((width - _LEGEND_SIDE) / 2 - _GAP) / width, _GAP / width
    panels = [
        figure.add_axes((gap + number * (side + gap), 0.13, side, top - 0.13))
        for number in range(2)
    ]
    lines = [_draw_band(panels, band, number) for number, band in enumerate(bands)]
    for ax, name in zip(panels, ("validation accuracy (%)", "validation error (%)"), strict=True):
        if bands:
            _set_axes(ax, bands, is_error=ax is panels[1])
        set_axis_names(ax, x="epoch", y=name)
    labels = [_counted(band) for band in bands]
    if num_left_out:
        lines.append(Line2D([], [], linestyle=""))
        labels.append(f"and {num_left_out:,} more")
    if lines:
        place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.02, 1.02)}
        add_legend(panels[1], lines, labels, fontsize=8, **place)


def _draw_band(panels: "Sequence[Axes]", band: Band, number: int) -> "Line2D":
    """Draw a band in both panels, and return its line."""
    color, style = color_and_style(number)
    for ax, middle in zip(panels, (band.mean, 100 - band.mean), strict=True):
        [line] = ax.plot(band.epochs, middle, color=color, linestyle=style, linewidth=1.6)
        line.set_marker(marker_of(len(band.epochs)))
        line.set_markersize(3)
        if band.count > 1:
            low, high = middle - band.std, middle + band.std
            ax.fill_between(band.epochs, low, high, color=color, alpha=_ALPHA, linewidth=0)
    return line


def _set_axes(ax: "Axes", bands: Sequence[Band], *, is_error: bool) -> None:
    epochs = np.concatenate([band.epochs for band in bands])
    means = np.concatenate([band.mean for band in bands])
    set_scales(ax, epochs, means, logarithmic=False)
    low, high = ax.get_ylim()
    if is_error:
        set_error_axis(ax, 100 - means, high)
    else:
        ax.set_ylim(max(low, -0.5), min(high, 100.5))


def _counted(band: Band) -> str:
    return f"{band.label} ({band.count})" if band.count > 1 else band.label
