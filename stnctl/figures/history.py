"""Figure of a training: losses, accuracies, times and further quantities over the epochs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from stnctl.figures.canvas import GRID, new_figure, page_figure, png, svg
from stnctl.figures.curve import COLORS
from stnctl.figures.text import add_legend, set_axis_names, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST = 1e30
"""Largest absolute value that is drawn."""

MAX_MARKED = 40
"""Largest number of epochs that have a marker each."""

_LOG_RATIO = 30
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""

_MAX_EPOCH = 10**7
_COLUMNS = 2
_ROW_HEIGHT, _TITLE_HEIGHT = 3.1, 0.5
"""Heights of a row of panels, with its texts, and of the title, in inches."""


@dataclass(frozen=True)
class Panel:
    """Axes with the curves of some keys of the rows.

    Attributes:
        name: Name of the vertical axis.
        curves: Key of a row -> label of its curve.
        legend: Place of the legend, as in matplotlib; None for no legend.
        logarithmic: Whether the axis is logarithmic if the values differ much.
        from_zero: Whether the axis begins with 0.
    """

    name: str
    curves: Mapping[str, str]
    legend: str | None = None
    logarithmic: bool = False
    from_zero: bool = False


@dataclass(frozen=True, eq=False)
class EpochCurve:
    """Values of a quantity over the epochs.

    Attributes:
        epochs: (n,), ascending.
        values: (n,), NaN for a value that can't be drawn.
    """

    epochs: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], key: str) -> Self:
        """Return the curve of one key of rows that may be those of an untrusted run.

        The epochs are 1 to n if those of the rows are not ascending numbers.
        """
        numbers = _column(rows, "epoch")
        is_axis = (numbers >= 0).all() and (numbers <= _MAX_EPOCH).all()
        if not (is_axis and (np.diff(numbers) > 0).all()):
            numbers = np.arange(1, len(rows) + 1.0)
        return cls(numbers, _column(rows, key))

    @property
    def has_values(self) -> bool:
        """Whether a value can be drawn."""
        return bool(np.isfinite(self.values).any())


PANELS = (
    Panel("loss", {"loss": "training", "validation_loss": "validation"}, "upper right", True),
    Panel("accuracy", {"accuracy": "training", "validation_accuracy": "validation"}, "lower right"),
    Panel("seconds per epoch", {"seconds": "seconds"}, from_zero=True),
    Panel("learning rate", {"learning_rate": "learning rate"}, from_zero=True),
    Panel("drift of theta", {"theta_drift": "drift"}, from_zero=True),
    Panel(
        "spread of the rotation (degrees)",
        {"rotation_before": "of the images", "rotation_after": "of V"},
        "lower left",
        from_zero=True,
    ),
    Panel("movement of a sampled point (px)", {"movement": "movement"}, from_zero=True),
)


def history_png(
    rows: Sequence[Mapping[str, Any]],
    drift_rows: Sequence[Mapping[str, Any]] = (),
    *,
    title: str,
    best_epoch: int | None = None,
) -> bytes:
    """Return a PNG of the curves of a training, in one panel for each quantity.

    A value that is not a finite number is a gap in its curve. A panel without values is left out.
    The rows may be those of an untrusted run.

    Args:
        rows: One row for each epoch, with ``epoch`` and any of the keys in `PANELS`.
        drift_rows: Rows with ``epoch`` and ``theta_drift``, also for other epochs.
        title: Title of the figure.
        best_epoch: The epoch that a dotted line marks; None for none.
    """
    curves, panels = _curves(rows, drift_rows)
    height = _height(panels) + _TITLE_HEIGHT
    with new_figure(10.0, height) as figure:
        top = 1 - 0.15 / height
        write(figure, 0.5, top, title, max_lines=2, ha="center", va="top", fontsize=12)
        _draw(figure, panels, curves, best_epoch)
        return png(figure, crop=False)


def history_svg(
    rows: Sequence[Mapping[str, Any]],
    *,
    prefix: str,
    best_epoch: int | None = None,
    drift_rows: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return an SVG of the curves; see `history_png` and `stnctl.figures.canvas.svg`."""
    curves, panels = _curves(rows, drift_rows)
    with page_figure(10.0, _height(panels)) as figure:
        _draw(figure, panels, curves, best_epoch)
        return svg(figure, prefix)


def _curves(
    rows: Sequence[Mapping[str, Any]], drift_rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, EpochCurve], list[Panel]]:
    """Return key -> curve, and the panels that have values."""
    curves = {
        key: EpochCurve.of(source, key)
        for source in (rows, drift_rows)
        for panel in PANELS
        for key in panel.curves
        if any(key in row for row in source)
    }
    return curves, [each for each in PANELS if any(c.has_values for c in _of(each, curves))]


def _height(panels: Sequence[Panel]) -> float:
    return _ROW_HEIGHT * max(-(-len(panels) // _COLUMNS), 1)


def _draw(
    figure: "Figure",
    panels: Sequence[Panel],
    curves: Mapping[str, EpochCurve],
    best_epoch: int | None,
) -> None:
    """Draw the panels in rows, from the lower edge of the figure."""
    height, num_rows = figure.get_size_inches()[1], -(-len(panels) // _COLUMNS)
    for number, panel in enumerate(panels):
        row, place = divmod(number, _COLUMNS)
        bottom = (_ROW_HEIGHT * (num_rows - row - 1) + 0.55) / height
        ax = figure.add_axes((0.08 + 0.5 * place, bottom, 0.4, (_ROW_HEIGHT - 0.7) / height))
        _draw_panel(ax, panel, curves, best_epoch)


def set_scales(ax: "Axes", epochs: np.ndarray, values: np.ndarray, *, logarithmic: bool) -> None:
    """Set the scales and the ticks of axes of some quantity over the epochs.

    Args:
        ax: The axes.
        epochs: (n,), n >= 1, values of the horizontal axis.
        values: (n,), values of the vertical axis; NaN is ignored.
        logarithmic: Whether the axis is logarithmic if all values are positive and differ much.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

    finite = values[np.isfinite(values)]
    if logarithmic and len(finite) and 0 < _LOG_RATIO * finite.min() < finite.max():
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=_subdivision(finite), numticks=8))
        ax.yaxis.set_minor_formatter(FuncFormatter(lambda _value, _place: ""))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:.6g}"))
    margin = max(0.03 * np.ptp(epochs), 0.5)
    ax.set_xlim(epochs.min() - margin, epochs.max() + margin)
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=(1, 2, 5, 10), integer=True, min_n_ticks=1))
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def marker_of(num_epochs: int) -> str:
    """Return the marker of each epoch, in matplotlib's notation: none on a curve of many epochs."""
    return "o" if num_epochs <= MAX_MARKED else ""


def _draw_panel(
    ax: "Axes", panel: Panel, curves: Mapping[str, EpochCurve], best_epoch: int | None
) -> None:
    lines, labels = [], []
    drawn = [(key, curves[key]) for key in panel.curves if key in curves]
    for number, (key, curve) in enumerate(drawn):
        if not curve.has_values:
            continue
        [line] = ax.plot(curve.epochs, curve.values, linewidth=1.5, markersize=3.5)
        line.set_color(COLORS[number])
        line.set_marker(marker_of(len(curve.epochs)))
        lines.append(line)
        labels.append(panel.curves[key])
    epochs = np.concatenate([curve.epochs for _, curve in drawn])
    values = np.concatenate([curve.values for _, curve in drawn])
    if panel.legend and best_epoch is not None and epochs.min() <= best_epoch <= epochs.max():
        lines.append(ax.axvline(best_epoch, color="#808080", linewidth=1.0, linestyle=":"))
        labels.append(f"best epoch, {best_epoch}")
    set_scales(ax, epochs, values, logarithmic=panel.logarithmic)
    if panel.from_zero and np.nanmin(values) >= 0:
        ax.set_ylim(0, 1.08 * np.nanmax(values) or 1)
    set_axis_names(ax, x="epoch", y=panel.name)
    if panel.legend:
        add_legend(ax, lines, labels, fontsize=9, loc=panel.legend)


def _subdivision(values: np.ndarray) -> tuple[float, ...]:
    """Return the ticks between 1 and 10 of a logarithmic axis."""
    return (1.0, 2.0, 5.0) if values.max() < 1e3 * values.min() else (1.0,)


def _of(panel: Panel, curves: Mapping[str, EpochCurve]) -> list[EpochCurve]:
    return [curves[key] for key in panel.curves if key in curves]


def _column(rows: Sequence[Mapping[str, Any]], key: str) -> np.ndarray:
    """Return the values (n,) of one key of n rows."""
    return np.array([_number(row.get(key)) for row in rows], np.float64)


def _number(value: Any) -> float:
    """Return a value as a float that can be drawn, else NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST:
        return np.nan
    return float(value)
