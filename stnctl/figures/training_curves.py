"""Figure that compares the trainings of several runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.curve import color_and_style
from stnctl.figures.history import EpochCurve, marker_of, set_scales
from stnctl.figures.text import add_legend, set_axis_names, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

QUANTITIES = {"validation_accuracy": "validation accuracy", "validation_loss": "validation loss"}
"""Key of a row -> name of its axis."""

MAX_LABELS = 20
"""Maximum number of labels in the legend."""


Lines = dict[str, "Line2D"]


@dataclass(frozen=True)
class Training:
    """Training of a run.

    Attributes:
        label: Name in the legend. The trainings of a group have the same label.
        rows: One row for each epoch, with ``epoch`` and the keys of `QUANTITIES`. The rows may be
            those of an untrusted run.
    """

    label: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Looks:
    """Color and style of the lines of a label."""

    color: str
    style: str

    def draw(self, ax: "Axes", curve: EpochCurve, *, faint: bool = False) -> "Line2D":
        [line] = ax.plot(curve.epochs, curve.values, color=self.color, linestyle=self.style)
        line.set_linewidth(0.8 if faint else 1.8)
        line.set_alpha(0.4 if faint else 1.0)
        line.set_marker("" if faint else marker_of(len(curve.epochs)))
        line.set_markersize(3)
        return line


def comparison_png(trainings: Sequence[Training]) -> bytes:
    """Return a PNG with the curves of trainings, one panel for each of `QUANTITIES`.

    Trainings with the same label have thin lines, and a thick line for their mean. A value that is
    not a finite number is a gap in its curve.
    """
    labels = list(dict.fromkeys(training.label for training in trainings))
    with new_figure(10.5, 4.4) as figure:
        for number, (key, name) in enumerate(QUANTITIES.items()):
            ax = figure.add_axes((0.08 + 0.49 * number, 0.13, 0.42, 0.77))
            lines = _draw(ax, trainings, key, labels)
            set_title(ax, name, fontsize=11)
            set_axis_names(ax, x="epoch", y="")
            if number == 0 and lines:
                shown = list(lines)[:MAX_LABELS]
                more = [f"and {len(lines) - MAX_LABELS} more"] if len(lines) > MAX_LABELS else []
                names = [_counted(label, trainings) for label in shown]
                artists = [lines[label] for label in shown]
                add_legend(ax, artists + artists[:1] * len(more), names + more, fontsize=8)
        return png(figure, crop=False)


def _draw(ax: "Axes", trainings: Sequence[Training], key: str, labels: Sequence[str]) -> "Lines":
    """Draw the curves of a key, and return a line for each label that has one."""
    lines: Lines = {}
    for number, label in enumerate(labels):
        curves = [EpochCurve.of(each.rows, key) for each in trainings if each.label == label]
        curves = [curve for curve in curves if curve.has_values]
        looks = _Looks(*color_and_style(number))
        if len(curves) == 1:
            lines[label] = looks.draw(ax, curves[0])
        elif curves:
            for curve in curves:
                looks.draw(ax, curve, faint=True)
            epochs, values = common_values(curves)
            lines[label] = looks.draw(ax, EpochCurve(epochs, values.mean(axis=0)))
    if drawn := ax.lines:
        epochs = np.concatenate([np.asarray(line.get_xdata()) for line in drawn])
        values = np.concatenate([np.asarray(line.get_ydata()) for line in drawn])
        set_scales(ax, epochs, values, logarithmic=key.endswith("loss"))
    return lines


def common_values(curves: Sequence[EpochCurve]) -> tuple[np.ndarray, np.ndarray]:
    """Return the epochs (n,) that all of k curves have, and their values (k, n)."""
    epochs = reduce(np.intersect1d, [curve.epochs for curve in curves])
    return epochs, np.array([curve.values[np.isin(curve.epochs, epochs)] for curve in curves])


def _counted(label: str, trainings: Sequence[Training]) -> str:
    count = sum(training.label == label for training in trainings)
    return label if count == 1 else f"{label}, mean of {count} runs"
